"""A clip that is cut short is told from a whole one by its header; sound alone is no clip."""

from __future__ import annotations

from fractions import Fraction
from pathlib import Path

import av
import numpy as np
import pytest

from fallwatch.core.protocols import EndOfStreamError, SourceError
from fallwatch.sources.clip.video_file import VideoFileSource
from tests.sources.clip.clips import plain_image

_RATE_HZ = 8000


def _write(
    path: Path,
    *,
    video_s: int = 4,
    sound_s: int = 0,
    codec: str = "mpeg4",
    options: dict[str, str] | None = None,
) -> Path:
    with av.open(str(path), "w", container_options=options or {}) as output:
        video = output.add_stream(codec, rate=25, width=64, height=48) if video_s else None
        if isinstance(video, av.VideoStream):
            video.pix_fmt = "yuv420p"
        sound_codec = "pcm_s16le" if path.suffix == ".mkv" else "aac"
        sound = output.add_stream(sound_codec, rate=_RATE_HZ) if sound_s else None
        for second in range(max(video_s, sound_s)):
            if isinstance(video, av.VideoStream) and second < video_s:
                for number in range(25):
                    image = plain_image(64, 48, 10 * number) ^ np.uint8(second * 5)
                    output.mux(video.encode(av.VideoFrame.from_ndarray(image, format="bgr24")))
            if isinstance(sound, av.AudioStream) and second < sound_s:
                wave = np.full((1, _RATE_HZ), second * 100, np.int16)
                frame = av.AudioFrame.from_ndarray(wave, format="s16", layout="mono")
                frame.sample_rate, frame.pts = _RATE_HZ, second * _RATE_HZ
                frame.time_base = Fraction(1, _RATE_HZ)
                output.mux(sound.encode(frame))
        for stream in (video, sound):
            if stream is not None:
                output.mux(stream.encode(None))
    return path


def _read_all(path: Path) -> int:
    source = VideoFileSource(path)
    source.open()
    count = 0
    try:
        while True:
            try:
                source.read()
            except EndOfStreamError:
                return count
            count += 1
    finally:
        source.close()


def _cut(whole: Path) -> Path:
    data = whole.read_bytes()
    cut = whole.with_stem("cut")
    cut.write_bytes(data[: len(data) // 2])
    return cut


@pytest.mark.parametrize(
    ("ending", "codec"), [("mkv", "mpeg4"), ("webm", "libvpx"), ("flv", "flv"), ("wmv", "wmv2")]
)
def test_a_cut_clip_is_told_from_a_whole_one(ending: str, codec: str, tmp_path: Path) -> None:
    whole = _write(tmp_path / f"whole.{ending}", codec=codec)
    assert _read_all(whole) == 100
    with pytest.raises(SourceError, match=r"ended early, at [123]\.\d s of [34]\.\d s"):
        _read_all(_cut(whole))


def test_a_recording_without_a_length_is_read_as_far_as_it_goes(tmp_path: Path) -> None:
    live = _write(tmp_path / "live.mkv", options={"live": "1"})
    assert _read_all(live) == 100
    assert 20 < _read_all(_cut(live)) < 80


def test_sound_that_goes_on_longer_than_the_video_is_no_damage(tmp_path: Path) -> None:
    assert _read_all(_write(tmp_path / "long.flv", codec="flv", sound_s=8)) == 100
    assert _read_all(_write(tmp_path / "long.mkv", sound_s=8)) == 100


@pytest.mark.parametrize("name", ["memo.mp4", "memo.m4a", "memo.mkv"])
def test_sound_alone_is_told_as_what_it_is(name: str, tmp_path: Path) -> None:
    path = _write(tmp_path / name, video_s=0, sound_s=2)
    with pytest.raises(SourceError, match=rf"{name} holds sound only, and no video\."):
        VideoFileSource(path).open()
