"""A camera on this computer that answers RTSP, and has a stream at one path."""

from __future__ import annotations

import contextlib
import socketserver
import threading
from collections.abc import Iterator

from fallwatch.sources.camera.http_login import Challenge


class RtspCamera(socketserver.ThreadingTCPServer):
    """See above.

    Args:
        path: Where the stream is.
        login: User and password that it wants; None for none.
    """

    daemon_threads = allow_reuse_address = True

    def __init__(self, path: str, login: tuple[str, str] | None) -> None:
        self.path, self.login = path, login
        #: Every address it was asked for.
        self.asked: list[str] = []
        super().__init__(("127.0.0.1", 0), _Handler)

    @property
    def host(self) -> str:
        """Its address and port."""
        return f"127.0.0.1:{self.server_address[1]}"


class _Handler(socketserver.StreamRequestHandler):
    server: RtspCamera

    def handle(self) -> None:
        while line := self.rfile.readline():
            method, address, _ = line.decode().split(" ", 2)
            head: dict[str, str] = {}
            while field := self.rfile.readline().decode().strip():
                name, _, value = field.partition(":")
                head[name.lower()] = value.strip()
            self.server.asked.append(address)
            self._reply(self._status(method, address, head.get("authorization", "")))

    def _status(self, method: str, address: str, answer: str) -> int:
        login = self.server.login
        if login is not None:
            challenge = Challenge("digest", {"realm": "cam", "nonce": "abc"})
            right = challenge.answer(*login, address, method=method).decode()
            if answer != right:
                return 401
        return 200 if address.endswith(self.server.path) else 404

    def _reply(self, status: int) -> None:
        more = 'WWW-Authenticate: Digest realm="cam", nonce="abc"\r\n' if status == 401 else ""
        body = "v=0\r\n" if status == 200 else ""
        head = f"RTSP/1.0 {status} X\r\nCSeq: 1\r\n{more}Content-Length: {len(body)}\r\n\r\n"
        self.wfile.write((head + body).encode())


@contextlib.contextmanager
def running(camera: RtspCamera) -> Iterator[RtspCamera]:
    """Have it answer for a while."""
    threading.Thread(target=camera.serve_forever, args=(0.01,), daemon=True).start()
    try:
        yield camera
    finally:
        camera.shutdown()
        camera.server_close()
