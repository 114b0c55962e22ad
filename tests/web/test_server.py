"""The server itself: starts, bounds what others ask of it, and ends in time."""

from __future__ import annotations

import gc
import json
import socket
import time
import urllib.error
import urllib.request
import warnings
from collections.abc import Iterator
from contextlib import ExitStack
from typing import Any

import pytest

from fallwatch.web import server as server_module
from fallwatch.web.server import ServerError, WebServer
from tests.web.scene import Scene


@pytest.fixture
def server(scene: Scene) -> Iterator[WebServer]:
    server = WebServer(scene.application, "127.0.0.1", 0)
    server.start()
    yield server
    assert server.stop(10.0) == []


def get(port: int, path: str = "/pair") -> int:
    with urllib.request.urlopen(f"http://127.0.0.1:{port}{path}", timeout=30) as reply:
        return int(reply.status)


def test_it_answers_and_ends_also_while_somebody_listens(scene: Scene, server: WebServer) -> None:
    assert get(server.port) == 200
    code = scene.pairing.begin("look")
    with socket.create_connection(("127.0.0.1", server.port), timeout=30) as phone:
        body = f'{{"code": "{code}", "device": "A"}}'
        phone.sendall(
            f"POST /api/pair HTTP/1.1\r\nHost: localhost\r\nX-Fallwatch: 1\r\n"
            f"Content-Length: {len(body)}\r\n\r\n{body}".encode()
        )
        secret = phone.recv(4000).decode().split("fallwatch=")[1].split(";")[0]
        phone.sendall(
            f"GET /api/stream HTTP/1.1\r\nHost: localhost\r\n"
            f"Cookie: fallwatch={secret}\r\n\r\n".encode()
        )
        heard = b""
        while b"event: state" not in heard:
            heard += phone.recv(4000)
        began_s = time.monotonic()
        assert server.stop(10.0) == []
        assert time.monotonic() - began_s < 9.0


def test_a_port_that_is_taken_is_told(scene: Scene, server: WebServer) -> None:
    second = WebServer(scene.application, "127.0.0.1", server.port)
    with pytest.raises(ServerError, match="in use"):
        second.start()
    assert second.stop() == []


def test_who_connects_and_says_nothing_is_put_out(
    scene: Scene, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(server_module, "_FIRST_REQUEST_S", 0.5)
    server = WebServer(scene.application, "127.0.0.1", 0)
    server.start()
    try:
        with ExitStack() as stack:
            silent = [
                stack.enter_context(
                    socket.create_connection(("127.0.0.1", server.port), timeout=30)
                )
                for _ in range(200)
            ]
            for number, each in enumerate(silent[:100]):
                each.sendall(b"GET / HTTP/1.1\r\nX-Slow: " + str(number).encode())
            assert get(server.port) == 200, "others are answered meanwhile"
            assert {each.recv(10) for each in silent} == {b""}
    finally:
        assert server.stop(10.0) == []


def test_a_head_without_end_is_refused(server: WebServer) -> None:
    with socket.create_connection(("127.0.0.1", server.port), timeout=30) as client:
        try:
            client.sendall(b"GET / HTTP/1.1\r\n" + b"X-Long: " + b"x" * 100_000)
            reply = client.recv(100)
        except ConnectionError:
            reply = b""
        assert reply == b"" or reply.startswith(b"HTTP/1.1 4")


def test_bodies_that_never_end_keep_nobody_else_out(
    scene: Scene, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr("fallwatch.web.access.guard.BODY_WITHIN_S", 0.5)
    server = WebServer(scene.application, "127.0.0.1", 0)
    server.start()
    head = b"POST /api/pair HTTP/1.1\r\nHost: localhost\r\nX-Fallwatch: 1\r\n"
    try:
        with ExitStack() as stack:
            slow = [
                stack.enter_context(
                    socket.create_connection(("127.0.0.1", server.port), timeout=30)
                )
                for _ in range(server_module.MAX_CONNECTIONS - 1)
            ]
            for each in slow:
                each.sendall(head + b"Content-Length: 4000\r\n\r\n{")
            for each in slow:
                heard = b""
                while piece := each.recv(4000):
                    heard += piece
                assert heard.startswith((b"HTTP/1.1 408", b"HTTP/1.1 503"))
            assert get(server.port) == 200
    finally:
        assert server.stop(10.0) == []
    assert "Traceback" not in caplog.text


def test_behind_a_proxy_who_guesses_codes_locks_nobody_else_out(
    scene: Scene, server: WebServer
) -> None:
    """A reverse proxy on this computer names whom it speaks for; all come from one address."""
    code = scene.pairing.begin("look")

    def pair(digits: str, address: str) -> int:
        request = urllib.request.Request(
            f"http://127.0.0.1:{server.port}/api/pair",
            json.dumps({"code": digits, "device": "A"}).encode(),
            {"X-Fallwatch": "1", "X-Forwarded-For": address},
        )
        try:
            with urllib.request.urlopen(request, timeout=30) as reply:
                return int(reply.status)
        except urllib.error.HTTPError as error:
            with error:
                return error.code

    wrong = f"{(int(code) + 1) % 1_000_000:06d}"
    assert {pair(wrong, "203.0.113.9") for _ in range(8)} == {403, 429}
    assert pair(code, "203.0.113.9") == 429
    assert pair(code, "203.0.113.10") == 200


def test_a_connection_that_stays_open_is_closed_when_the_server_ends() -> None:
    async def never_ends(scope: Any, receive: Any, send: Any) -> None:
        headers = [(b"content-type", b"text/plain")]
        await send({"type": "http.response.start", "status": 200, "headers": headers})
        while True:
            await send({"type": "http.response.body", "body": b"x" * 65536, "more_body": True})

    server = WebServer(never_ends, "127.0.0.1", 0)
    server.start()
    # Whoever reads nothing holds the server's buffers full: nothing of it can be sent any more.
    with socket.create_connection(("127.0.0.1", server.port), timeout=30) as silent:
        silent.sendall(b"GET / HTTP/1.1\r\nHost: localhost\r\n\r\n")
        assert silent.recv(1)
        with warnings.catch_warnings(record=True) as found:
            warnings.simplefilter("always")
            assert server.stop(10.0) == []
            del server
            gc.collect()
    assert [str(each.message) for each in found if each.category is ResourceWarning] == []
