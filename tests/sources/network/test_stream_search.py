"""The path of a stream is found by asking; one wrong password ends the asking."""

from __future__ import annotations

import socketserver
import threading
from collections.abc import Iterator

import pytest

from fallwatch.core.protocols import LoginRefusedError, SourceError
from fallwatch.sources.camera.http_login import Challenge
from fallwatch.sources.network.makes import MAKES
from fallwatch.sources.network.stream_search import find_stream, is_host_alone

TAPO = "/stream1"


class _Camera(socketserver.ThreadingTCPServer):
    daemon_threads = allow_reuse_address = True

    def __init__(self, path: str, login: tuple[str, str] | None) -> None:
        self.path, self.login = path, login
        self.asked: list[str] = []
        super().__init__(("127.0.0.1", 0), _Handler)

    @property
    def host(self) -> str:
        return f"127.0.0.1:{self.server_address[1]}"


class _Handler(socketserver.StreamRequestHandler):
    server: _Camera

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


@pytest.fixture
def camera(request: pytest.FixtureRequest) -> Iterator[_Camera]:
    server = _Camera(*request.param)
    threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True).start()
    yield server
    server.shutdown()
    server.server_close()


@pytest.mark.parametrize("camera", [(TAPO, None)], indirect=True)
def test_the_path_is_found(camera: _Camera) -> None:
    assert find_stream(f"rtsp://{camera.host}") == f"rtsp://{camera.host}{TAPO}"


@pytest.mark.parametrize("camera", [(MAKES[1].path, ("anna", "s:e"))], indirect=True)
def test_with_a_login_and_a_query(camera: _Camera) -> None:
    found = find_stream(f"rtsp://anna:s%3Ae@{camera.host}/")
    assert found == f"rtsp://anna:s%3Ae@{camera.host}{MAKES[1].path}"


@pytest.mark.parametrize("camera", [(TAPO, ("anna", "right"))], indirect=True)
def test_a_wrong_password_is_said_and_tried_once(camera: _Camera) -> None:
    with pytest.raises(LoginRefusedError, match="Wrong user or password"):
        find_stream(f"rtsp://anna:wrong@{camera.host}")
    assert len(camera.asked) == 2


@pytest.mark.parametrize("camera", [(TAPO, ("anna", "right"))], indirect=True)
def test_a_login_that_is_missing_is_asked_for(camera: _Camera) -> None:
    with pytest.raises(LoginRefusedError, match="wants a user"):
        find_stream(f"rtsp://{camera.host}")


@pytest.mark.parametrize("camera", [("/elsewhere", None)], indirect=True)
def test_without_any_usual_path_the_whole_address_is_asked_for(camera: _Camera) -> None:
    with pytest.raises(SourceError, match="none of the usual paths"):
        find_stream(f"rtsp://{camera.host}")
    assert len(camera.asked) == len(MAKES)


@pytest.mark.parametrize(
    ("address", "alone"),
    [
        ("rtsp://10.0.0.7", True),
        ("rtsp://10.0.0.7:554/", True),
        ("rtsp://10.0.0.7/one", False),
        ("http://10.0.0.7", False),
    ],
)
def test_when_to_look(address: str, alone: bool) -> None:
    assert is_host_alone(address) is alone


def test_every_make_says_where_its_path_is_written() -> None:
    assert all(make.path.startswith("/") and make.source.startswith("https://") for make in MAKES)
    assert len({make.path for make in MAKES}) == len(MAKES)
