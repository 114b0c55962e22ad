"""A network camera on this PC: Motion JPEG over HTTP."""

from __future__ import annotations

import socket
import threading
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

from tests.sources.clip.clips import jpeg, plain_image
from tests.waiting import PATIENCE_S


class CameraServer:
    """Serves images until told to stop.

    Attributes:
        url: Where.
        stopped_sending: Set it, and the camera hangs up.
    """

    def __init__(self, port: int) -> None:
        self.url = f"http://127.0.0.1:{port}/video"
        self.stopped_sending = threading.Event()


@contextmanager
def camera_server(fps: float = 50.0) -> Iterator[CameraServer]:
    """A camera that sends grey images of changing brightness, 64x48."""
    images = [jpeg(plain_image(64, 48, 20 * step)) for step in range(10)]

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.send_response(200)
            self.send_header("Content-Type", "multipart/x-mixed-replace; boundary=frame")
            self.end_headers()
            number = 0
            try:
                while not camera.stopped_sending.is_set():
                    data = images[number % len(images)]
                    head = f"--frame\r\nContent-Type: image/jpeg\r\nContent-Length: {len(data)}"
                    self.wfile.write(head.encode() + b"\r\n\r\n" + data + b"\r\n")
                    number += 1
                    time.sleep(1 / fps)
            except OSError:
                pass  # the other side has hung up

        def log_message(self, format: str, *args: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    camera = CameraServer(server.server_address[1])
    thread = threading.Thread(target=server.serve_forever, args=(0.05,), name="camera server")
    thread.start()
    try:
        yield camera
    finally:
        camera.stopped_sending.set()
        server.shutdown()
        server.server_close()
        thread.join()


@dataclass
class SilentServer:
    """Lets everybody in and never says a word.

    Attributes:
        port: Where.
    """

    listener: socket.socket

    @property
    def port(self) -> int:
        return int(self.listener.getsockname()[1])

    def wait_for_request(self) -> None:
        """Wait until somebody asks for something, and expects an answer."""
        self.listener.settimeout(PATIENCE_S)
        while True:
            visitor, _ = self.listener.accept()
            visitor.settimeout(PATIENCE_S)
            self._visitors.append(visitor)
            if visitor.recv(1):  # else it only wanted to know whether somebody is there
                return

    def __post_init__(self) -> None:
        self._visitors: list[socket.socket] = []

    def close(self) -> None:
        for each in (*self._visitors, self.listener):
            each.close()


@contextmanager
def silent_server() -> Iterator[SilentServer]:
    """A server that never answers, until the end of the block."""
    with closing(SilentServer(socket.create_server(("127.0.0.1", 0)))) as server:
        yield server


def unused_port() -> int:
    """A port on which nothing listens."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        return int(listener.getsockname()[1])
