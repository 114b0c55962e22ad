"""Web services that have moved, and some that do not stop to answer."""

from __future__ import annotations

import gzip
import json
import threading
import time
import tracemalloc
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest

from fallwatch.alarms.messages.apprise_messenger import AppriseMessenger
from fallwatch.alarms.messages.message import AlarmMessage
from fallwatch.core.protocols import ChannelError

WORDS = AlarmMessage("Fall in kitchen", "Nobody has acknowledged it yet.")

Answer = Callable[[BaseHTTPRequestHandler], None]


class Service:
    """Answers ``/hook`` as a test wants, and takes everything elsewhere."""

    def __init__(self) -> None:
        self.answer: Answer = taken
        self.arrived: list[tuple[str, str, bytes]] = []
        self.ending = threading.Event()
        service = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
                service.arrived.append((self.command, self.path, body))
                try:
                    if self.path.startswith("/hook"):
                        service.answer(self)
                    else:
                        taken(self)
                except OSError:
                    pass  # Nobody listens any more.

            def do_GET(self) -> None:
                self.do_POST()

            def log_message(self, *arguments: object) -> None:
                """Tests keep quiet."""

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self._server.daemon_threads = True
        self.port = self._server.server_address[1]
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.05,))
        self._thread.start()

    def close(self) -> None:
        self.ending.set()
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()

    def messenger(self, more: str = "") -> AppriseMessenger:
        address = f"json://127.0.0.1:{self.port}/hook{more}"
        return AppriseMessenger("Anna", lambda: address)


@pytest.fixture
def service() -> Iterator[Service]:
    service = Service()
    yield service
    service.close()


def taken(handler: BaseHTTPRequestHandler) -> None:
    handler.send_response(200)
    handler.end_headers()


def moved(status: int, location: str) -> Answer:
    def answer(handler: BaseHTTPRequestHandler) -> None:
        handler.send_response(status)
        handler.send_header("Location", location)
        handler.send_header("Content-Length", "0")
        handler.end_headers()

    return answer


@pytest.mark.parametrize("status", [301, 302, 303])
def test_a_move_that_would_lose_the_words_is_told(service: Service, status: int) -> None:
    service.answer = moved(status, "/new")
    with pytest.raises(ChannelError, match=r"has moved to 127\.0\.0\.1.*Enter the new one"):
        service.messenger().send(WORDS)
    assert [path for _, path, _ in service.arrived] == ["/hook"]


@pytest.mark.parametrize("status", [307, 308])
def test_a_move_within_the_server_takes_the_words_along(service: Service, status: int) -> None:
    service.answer = moved(status, "/new")
    service.messenger().send(WORDS)
    assert [(method, path) for method, path, _ in service.arrived] == [
        ("POST", "/hook"),
        ("POST", "/new"),
    ]
    assert json.loads(service.arrived[1][2])["title"] == "Fall in kitchen"


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
@pytest.mark.parametrize("place", ["http://localhost:{0}/secret-canary", "http://127.0.0.1:{1}/"])
def test_no_message_goes_to_another_host_or_service(
    service: Service, status: int, place: str
) -> None:
    other = Service()
    service.answer = moved(status, place.format(service.port, other.port))
    with pytest.raises(ChannelError, match="has moved to") as caught:
        service.messenger().send(WORDS)
    other.close()
    assert "canary" not in str(caught.value)
    assert len(service.arrived) + len(other.arrived) == 1


def test_words_in_the_address_are_lost_by_a_move_too(service: Service) -> None:
    service.answer = moved(302, "/new")
    with pytest.raises(ChannelError, match="has moved"):
        service.messenger("?method=post&+x=1&-token=abc").send(WORDS)
    assert [path.split("?")[0] for _, path, _ in service.arrived] == ["/hook"]


def test_the_next_message_is_not_blamed_for_the_move_of_the_last(service: Service) -> None:
    service.answer = moved(301, "/new")
    messenger = service.messenger()
    with pytest.raises(ChannelError, match="has moved"):
        messenger.send(WORDS)
    service.answer = taken
    messenger.send(WORDS)


@pytest.mark.parametrize("target", ["http://[::1", "http://127.0.0.1:99999/", "//", "http:///x"])
def test_a_move_to_nowhere_is_told(service: Service, target: str) -> None:
    service.answer = moved(301, target)
    with pytest.raises(ChannelError):
        service.messenger().send(WORDS)


def endless(handler: BaseHTTPRequestHandler) -> None:
    handler.send_response(200)
    handler.end_headers()
    while True:
        handler.wfile.write(b"x" * 65536)


def endless_chunks(handler: BaseHTTPRequestHandler) -> None:
    handler.protocol_version = "HTTP/1.1"
    handler.send_response(200)
    handler.send_header("Transfer-Encoding", "chunked")
    handler.end_headers()
    while True:
        handler.wfile.write(b"10000\r\n" + b"x" * 65536 + b"\r\n")


PACKED = b"".join(gzip.compress(bytes(10_000_000)) for _ in range(20))


def packed(handler: BaseHTTPRequestHandler) -> None:
    body = PACKED
    handler.send_response(200)
    handler.send_header("Content-Encoding", "gzip")
    handler.send_header("Content-Length", str(len(body)))
    handler.end_headers()
    handler.wfile.write(body)


@pytest.mark.parametrize("answer", [endless, endless_chunks, packed])
def test_an_answer_without_end_is_read_so_far(service: Service, answer: Answer) -> None:
    service.answer = answer
    messenger = service.messenger()
    assert messenger.service_name == "JSON"
    tracemalloc.start()
    try:
        messenger.send(WORDS)
        most = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    assert most < 30_000_000


def test_an_answer_that_trickles_is_heard_for_a_while(
    service: Service, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("fallwatch.alarms.messages.web_answers._LONGEST_S", 0.5)

    def trickle(handler: BaseHTTPRequestHandler) -> None:
        handler.send_response(200)
        handler.end_headers()
        while not service.ending.wait(0.05):
            handler.wfile.write(b"x")

    service.answer = trickle
    began_s = time.monotonic()
    service.messenger().send(WORDS)
    assert time.monotonic() - began_s < 10.0
