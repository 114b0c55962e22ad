"""Cameras over HTTP as they are: parted in any way, single images, with any login."""

from __future__ import annotations

import base64
import hashlib
import itertools
import re
import socket
import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest

from fallwatch.core.protocols import LoginRefusedError, SourceError
from fallwatch.sources.camera.network_stream import NetworkStreamSource
from fallwatch.system.secrets.passwords import with_login
from tests.sources.clip.clips import jpeg, plain_image
from tests.waiting import within

_USER, _PASSWORD = "anna", "p@ss:w/ö%1"
_IMAGES = [jpeg(plain_image(64, 48, 20 * step)) for step in range(5)]
_WIDE = {str(width): jpeg(plain_image(width, 720, 90)) for width in (2558, 2560)}
_WHOLE = {
    "still": (200, "image/jpeg", _IMAGES[0]),
    "still-wide": (200, "image/jpeg", _WIDE["2560"]),
    "tiny": (200, "image/jpeg", jpeg(plain_image(1, 1))),
    "page": (200, "text/html; charset=utf-8", b"<html></html>"),
    "missing": (404, "text/plain", b""),
}
_PARTED = "multipart/x-mixed-replace; boundary=frame"

#: How a part begins, and how it ends, by the name of the kind of camera.
_PARTS = {
    "ordinary": (b"--frame\r\nContent-Type: image/jpeg\r\nContent-Length: %d\r\n\r\n", b"\r\n"),
    "late": (b"Content-Type: image/jpeg\r\nContent-Length: %d\r\n\r\n", b"\r\n--frame\r\n"),
    "jpg": (b"--frame\r\nContent-Type: image/jpg\r\nContent-Length: %d\r\n\r\n", b"\r\n"),
    "untyped": (b"--frame\r\nContent-Length: %d\r\n\r\n", b"\r\n"),
    "wrong-length": (b"--frame\r\nContent-Length: 1%d\r\n\r\n", b"\r\n"),
    "other-boundary": (b"--else\ncontent-type: image/jpeg\nX-Bytes: %d\n\n", b"\n"),
}


class _Camera(BaseHTTPRequestHandler):
    def do_GET(self) -> None:
        kind = self.path.strip("/")
        try:
            if kind in _PARTS:
                self._stream(*_PARTS[kind], _PARTED)
            elif kind == "bare":
                self._stream(b"", b"", "image/jpeg")
            elif kind in _WHOLE:
                self._whole(*_WHOLE[kind])
            elif kind == "closing-still":
                self._head(200, "image/jpg")
                self.wfile.write(_IMAGES[0])
            elif kind == "moved":
                self._head(302, "text/plain", Location="/ordinary")
            elif kind in _WIDE:
                self._stream(*_PARTS["ordinary"], _PARTED, [_WIDE[kind]])
            else:
                self._with_login(kind)
        except OSError:
            pass  # the other side has hung up

    def _with_login(self, kind: str) -> None:
        given = self.headers.get("Authorization", "")
        scheme, _, algorithm = kind.partition("-")
        if scheme == "Basic":
            right = "Basic " + base64.b64encode(f"{_USER}:{_PASSWORD}".encode()).decode()
            if given == right:
                return self._stream(*_PARTS["ordinary"], _PARTED)
            return self._head(401, "text/plain", **{"WWW-Authenticate": 'Basic realm="cam"'})
        if given and self._is_right(given, algorithm):
            return self._stream(*_PARTS["ordinary"], _PARTED)
        challenge = f'Digest realm="cam, one", nonce="abc", algorithm={algorithm}, qop="auth"'
        return self._head(401, "text/plain", **{"WWW-Authenticate": challenge})

    def _is_right(self, given: str, algorithm: str) -> bool:
        part = {k: q or b for k, q, b in re.findall(r'(\w+)=(?:"([^"]*)"|([^,\s]+))', given)}
        name = algorithm.removesuffix("-sess").replace("-", "").lower()

        def made(text: str) -> str:
            return hashlib.new(name, text.encode()).hexdigest()

        secret = made(f"{_USER}:cam, one:{_PASSWORD}")
        if algorithm.endswith("-sess"):
            secret = made(f"{secret}:abc:{part['cnonce']}")
        middle = f"abc:{part['nc']}:{part['cnonce']}:auth"
        return str(part["response"]) == made(f"{secret}:{middle}:{made('GET:' + self.path)}")

    def _stream(
        self, before: bytes, behind: bytes, kind: str, images: Sequence[bytes] = _IMAGES
    ) -> None:
        self._head(200, kind)
        for data in itertools.cycle(images):
            head = before % len(data) if b"%d" in before else before
            self.wfile.write(head + data + behind)

    def _whole(self, status: int, kind: str, data: bytes) -> None:
        self._head(status, kind, **{"Content-Length": str(len(data))})
        self.wfile.write(data)

    def _head(self, status: int, kind: str, **more: str) -> None:
        self.send_response(status)
        self.send_header("Content-Type", kind)
        for name, value in more.items():
            self.send_header(name, value)
        self.end_headers()

    def log_message(self, format: str, *args: object) -> None: ...


@pytest.fixture(scope="module")
def camera() -> Iterator[str]:
    server = ThreadingHTTPServer(("127.0.0.1", 0), _Camera)
    server.daemon_threads = True
    thread = threading.Thread(target=server.serve_forever, args=(0.05,), name="camera server")
    thread.start()
    yield f"HTTP://127.0.0.1:{server.server_address[1]}/"
    server.shutdown()
    server.server_close()
    thread.join()


def _sizes(url: str, count: int = 6) -> set[tuple[int, ...]]:
    source = NetworkStreamSource(url)
    try:
        with within(10.0):
            source.open()
            return {source.read().image_bgr.shape for _ in range(count)}
    finally:
        source.close()


@pytest.mark.parametrize("kind", [*_PARTS, "bare", "still", "closing-still", "moved"])
def test_images_come_however_they_are_parted(kind: str, camera: str) -> None:
    assert _sizes(camera + kind) == {(48, 64, 3)}


@pytest.mark.parametrize("kind", ["Basic", "Digest-MD5", "Digest-MD5-sess", "Digest-SHA-256"])
def test_every_login_is_answered(kind: str, camera: str) -> None:
    assert _sizes(with_login(camera + kind, _USER, _PASSWORD)) == {(48, 64, 3)}


@pytest.mark.parametrize("kind", ["Basic", "Digest-MD5"])
def test_a_wrong_login_is_told_as_such(kind: str, camera: str) -> None:
    with pytest.raises(LoginRefusedError, match="wrong user or password") as caught:
        _sizes(with_login(camera + kind, _USER, "mistyped"))
    assert "mistyped" not in str(caught.value)
    with pytest.raises(LoginRefusedError, match="wants a user and a password"):
        _sizes(camera + kind)


@pytest.mark.parametrize(
    ("kind", "shape"),
    [("2558", (720, 2558, 3)), ("2560", (360, 1280, 3)), ("still-wide", (360, 1280, 3))],
)
def test_an_image_twice_as_large_as_is_enough_is_made_half_as_large_by_the_decoder(
    kind: str, shape: tuple[int, ...], camera: str
) -> None:
    assert _sizes(camera + kind, 2) == {shape}


@pytest.mark.parametrize(
    ("kind", "problem"),
    [
        ("page", "is a web page and no video"),
        ("missing", "has nothing at this path"),
        ("tiny", "sends images of 1x1 pixels"),
    ],
)
def test_what_is_no_camera_is_told_as_what_it_is(kind: str, problem: str, camera: str) -> None:
    with pytest.raises(SourceError, match=problem):
        _sizes(camera + kind)


@contextmanager
def _refusing_rtsp_camera() -> Iterator[int]:
    with socket.create_server(("127.0.0.1", 0)) as server:
        server.settimeout(0.05)
        ended = threading.Event()

        def answer(line: socket.socket) -> None:
            with line:
                line.settimeout(2.0)
                while data := line.recv(4096):
                    number = re.search(rb"CSeq: (\d+)", data)
                    reply = b"RTSP/1.0 401 Unauthorized\r\nCSeq: %s\r\n"
                    realm = b'WWW-Authenticate: Basic realm="cam"\r\n\r\n'
                    line.sendall(reply % (number[1] if number else b"1") + realm)

        def serve() -> None:
            while not ended.is_set():
                try:
                    answer(server.accept()[0])
                except OSError:
                    continue

        thread = threading.Thread(target=serve, name="rtsp server")
        thread.start()
        try:
            yield server.getsockname()[1]
        finally:
            ended.set()
            thread.join()


def test_a_wrong_login_over_rtsp_is_told_as_such() -> None:
    with _refusing_rtsp_camera() as port, pytest.raises(LoginRefusedError):
        _sizes(f"RTSP://anna:wrong@127.0.0.1:{port}/one")
