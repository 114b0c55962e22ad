"""Images are found whatever stands between them, and nothing else passes for one."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from fallwatch.sources.camera import jpeg_scanner
from fallwatch.sources.camera.jpeg_scanner import JpegScanner
from tests.sources.clip.clips import jpeg, plain_image

_NOISE = np.random.default_rng(1).integers(0, 255, (48, 64, 3), np.uint8)
_IMAGES = [jpeg(plain_image(64, 48, 40)), jpeg(np.asarray(_NOISE, np.uint8))]


def _taken(scanner: JpegScanner, data: bytes, step: int = 1 << 20) -> list[bytes]:
    found = []
    for start in range(0, len(data), step):
        scanner.feed(data[start : start + step])
        while (taken := scanner.take()) is not None:
            found.append(taken)
    return found


@given(st.lists(st.binary(max_size=30), min_size=3, max_size=3), st.integers(1, 900))
@settings(max_examples=50, deadline=None)
def test_images_are_found_between_anything_in_pieces_of_any_size(
    between: list[bytes], step: int
) -> None:
    parts = [part.replace(b"\xff", b"") for part in between]
    data = parts[0] + _IMAGES[0] + parts[1] + _IMAGES[1] + parts[2]
    assert _taken(JpegScanner(), data, step) == _IMAGES


def test_a_preview_inside_an_image_is_a_part_of_it() -> None:
    preview = b"\xff\xe1" + (len(_IMAGES[0]) + 2).to_bytes(2, "big") + _IMAGES[0]
    whole = b"\xff\xd8" + preview + _IMAGES[1][2:]
    assert _taken(JpegScanner(), whole + _IMAGES[0]) == [whole, _IMAGES[0]]


def test_a_torn_image_is_left_out() -> None:
    torn = _IMAGES[1][: len(_IMAGES[1]) // 2]
    assert _taken(JpegScanner(), torn + _IMAGES[0] + b"--frame") == [_IMAGES[0]]


def test_what_never_ends_is_not_kept(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(jpeg_scanner, "MOST_BYTES", 10_000)
    scanner = JpegScanner()
    endless = _IMAGES[1][:-2] + b"\x11" * 50_000
    assert _taken(scanner, endless, 1000) == []
    assert _taken(scanner, b"x" * 50_000, 1000) == []
    assert len(scanner._held) < 12_000
    assert _taken(scanner, _IMAGES[0]) == [_IMAGES[0]]


def test_an_image_that_claims_to_be_gigantic_is_left_out() -> None:
    data = bytearray(_IMAGES[0])
    at = data.index(b"\xff\xc0") + 5
    data[at : at + 4] = b"\xff\xff\xff\xff"
    assert _taken(JpegScanner(), bytes(data) + _IMAGES[1]) == [_IMAGES[1]]
