"""Cameras on the network are found by their answers, whatever else comes."""

from __future__ import annotations

import socket
import threading
from collections.abc import Iterator

import pytest

from fallwatch.sources.network.discovery import FoundCamera, camera_of, find_cameras

ANSWER = b"""<s:Envelope><s:Body><d:ProbeMatches><d:ProbeMatch>
<d:Scopes>onvif://www.onvif.org/type/video_encoder onvif://www.onvif.org/name/Hall%20Cam
 onvif://www.onvif.org/hardware/X-200</d:Scopes>
<d:XAddrs>http://192.168.1.20/onvif/device_service http://[fe80::1]/onvif</d:XAddrs>
</d:ProbeMatch></d:ProbeMatches></s:Body></s:Envelope>"""


@pytest.fixture
def responder() -> Iterator[tuple[str, int]]:
    """Answers each question three times over, once with nonsense."""
    line = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    line.bind(("127.0.0.1", 0))

    def answer() -> None:
        question, who = line.recvfrom(65535)
        if b"NetworkVideoTransmitter" in question:
            for words in (b"\xff\x00 nonsense <XAddrs", ANSWER, ANSWER):
                line.sendto(words, who)

    thread = threading.Thread(target=answer, daemon=True)
    thread.start()
    yield line.getsockname()
    thread.join(10)
    line.close()


def test_who_answers_is_found_once(responder: tuple[str, int]) -> None:
    found: tuple[FoundCamera, ...] = ()
    found = find_cameras(responder, wait_s=1.0)
    assert found == (FoundCamera("192.168.1.20", "Hall Cam X-200"),)


def test_where_nobody_answers_nobody_is_found() -> None:
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as silent:
        silent.bind(("127.0.0.1", 0))
        assert find_cameras(silent.getsockname(), wait_s=0.05) == ()


@pytest.mark.parametrize(
    ("answer", "found"),
    [
        (b"", None),
        (b"<XAddrs></XAddrs>", None),
        (b"<XAddrs>http://[nonsense</XAddrs>", None),
        (b"<a:XAddrs>http://10.0.0.7:80/x</a:XAddrs>", FoundCamera("10.0.0.7", "10.0.0.7")),
    ],
)
def test_any_answer_is_borne(answer: bytes, found: FoundCamera | None) -> None:
    assert camera_of(answer) == found
