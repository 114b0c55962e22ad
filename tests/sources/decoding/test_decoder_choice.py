"""The measured choice of a decoder holds for the OpenCV and the system it was measured with."""

from __future__ import annotations

from pathlib import Path

import pytest

from fallwatch import paths
from fallwatch.sources.decoding import decoder_choice
from fallwatch.sources.decoding.decoder_choice import (
    CHOICE_FILE,
    codec_named,
    codecs_by_hardware,
    keep_codec,
)


@pytest.fixture(autouse=True)
def cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty cache folder."""
    monkeypatch.setattr(paths, "cache_dir", lambda: tmp_path)
    return tmp_path / CHOICE_FILE


def test_nothing_is_chosen_before_it_was_measured(caplog: pytest.LogCaptureFixture) -> None:
    assert codecs_by_hardware() == frozenset()
    assert caplog.text == ""


def test_each_codec_is_kept_until_it_is_measured_again() -> None:
    keep_codec("h264", by_hardware=True)
    keep_codec("hevc", by_hardware=True)
    assert codecs_by_hardware() == {"h264", "hevc"}
    keep_codec("h264", by_hardware=False)
    assert codecs_by_hardware() == {"hevc"}


def test_another_opencv_or_system_is_measured_anew(monkeypatch: pytest.MonkeyPatch) -> None:
    keep_codec("h264", by_hardware=True)
    monkeypatch.setattr(decoder_choice, "_computer", lambda: "another")
    assert codecs_by_hardware() == frozenset()
    keep_codec("hevc", by_hardware=True)
    assert codecs_by_hardware() == {"hevc"}


@pytest.mark.parametrize(
    "text",
    [
        "",
        "[]",
        "{}",
        '{"computer": 1, "codecs": 2}',
        "\x00",
        pytest.param("[" * 200_000, id="deep"),
    ],
)
def test_a_damaged_choice_is_none(cache: Path, text: str) -> None:
    cache.write_text(text)
    assert codecs_by_hardware() == frozenset()


@pytest.mark.parametrize(
    ("letters", "codec"),
    [
        (b"avc1", "h264"),
        (b"h264", "h264"),
        (b"H264", "h264"),
        (b"hvc1", "hevc"),
        (b"HEVC", "hevc"),
        (b"av01", "av01"),
        (b"\0\0\0\0", ""),
    ],
)
def test_a_codec_has_one_name_however_it_is_written(letters: bytes, codec: str) -> None:
    assert codec_named(float(int.from_bytes(letters, "little"))) == codec
