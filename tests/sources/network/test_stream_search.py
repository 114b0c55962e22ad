"""The path of a stream is found by asking; one wrong password ends the asking."""

from __future__ import annotations

import socketserver
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress

import pytest

from fallwatch.core.protocols import LoginRefusedError, SourceError
from fallwatch.sources.network.makes import MAKES
from fallwatch.sources.network.stream_search import find_stream, is_host_alone
from tests.sources.network.rtsp_camera import RtspCamera, running

TAPO = "/stream1"


@pytest.fixture
def camera(request: pytest.FixtureRequest) -> Iterator[RtspCamera]:
    with running(RtspCamera(*request.param)) as server:
        yield server


@pytest.mark.parametrize("camera", [(TAPO, None)], indirect=True)
def test_the_path_is_found(camera: RtspCamera) -> None:
    assert find_stream(f"rtsp://{camera.host}") == f"rtsp://{camera.host}{TAPO}"


@pytest.mark.parametrize("camera", [(MAKES[1].path, ("anna", "s:e"))], indirect=True)
def test_with_a_login_and_a_query(camera: RtspCamera) -> None:
    found = find_stream(f"rtsp://anna:s%3Ae@{camera.host}/")
    assert found == f"rtsp://anna:s%3Ae@{camera.host}{MAKES[1].path}"


@pytest.mark.parametrize("camera", [(TAPO, ("anna", "right"))], indirect=True)
def test_a_wrong_password_is_said_and_tried_once(camera: RtspCamera) -> None:
    with pytest.raises(LoginRefusedError, match="Wrong user or password"):
        find_stream(f"rtsp://anna:wrong@{camera.host}")
    assert len(camera.asked) == 2


@pytest.mark.parametrize("camera", [(TAPO, ("anna", "right"))], indirect=True)
def test_a_login_that_is_missing_is_asked_for(camera: RtspCamera) -> None:
    with pytest.raises(LoginRefusedError, match="wants a user"):
        find_stream(f"rtsp://{camera.host}")


@pytest.mark.parametrize("camera", [("/elsewhere", None)], indirect=True)
def test_without_any_usual_path_the_whole_address_is_asked_for(camera: RtspCamera) -> None:
    with pytest.raises(SourceError, match="none of the usual paths"):
        find_stream(f"rtsp://{camera.host}")
    assert len(camera.asked) == len(MAKES)


@contextmanager
def _answering(
    head: bytes, more: bytes = b"", times: int = 0, pause_s: float = 0.0
) -> Iterator[tuple[str, list[bool]]]:
    """Host and port of a server that answers with this, and whether all of it was taken."""
    all_taken: list[bool] = []

    class Handler(socketserver.StreamRequestHandler):
        def handle(self) -> None:
            self.rfile.readline()
            with suppress(OSError):
                self.wfile.write(head)
                for _ in range(times):
                    self.wfile.write(more)
                    time.sleep(pause_s)
                all_taken.append(True)

    with socketserver.ThreadingTCPServer(("127.0.0.1", 0), Handler) as server:
        server.daemon_threads = True
        threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True).start()
        yield f"127.0.0.1:{server.server_address[1]}", all_taken
        server.shutdown()


@pytest.mark.parametrize("length", [b"\xb2", b"9" * 9000], ids=["no number", "endless number"])
def test_a_server_that_answers_nonsense_is_no_camera(length: bytes) -> None:
    head = b"RTSP/1.0 200 OK\r\nContent-Length: " + length + b"\r\n\r\n"
    with _answering(head) as (host, _), pytest.raises(SourceError, match="cannot be reached"):
        find_stream(f"rtsp://anna:s3@{host}", ["/one"])


def test_an_answer_without_end_is_not_read_to_its_end() -> None:
    more = b"WWW-Authenticate: Basic\r\n" * 1000
    with _answering(b"RTSP/1.0 401 X\r\n", more, 2000) as (host, all_taken):
        with pytest.raises(SourceError, match="cannot be reached"):
            find_stream(f"rtsp://anna:s3@{host}", ["/one"])
        assert not all_taken


def test_an_answer_that_comes_byte_by_byte_is_waited_for_no_longer_than_another(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("fallwatch.sources.network.stream_search._TIMEOUT_S", 0.5)
    with _answering(b"RTSP/1.0 200 OK\r\n", b"a", 60, 0.05) as (host, all_taken):
        with pytest.raises(SourceError, match="cannot be reached"):
            find_stream(f"rtsp://anna:s3@{host}", ["/one"])
        assert not all_taken


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
