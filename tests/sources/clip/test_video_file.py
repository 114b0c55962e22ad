"""Clips: upright, with their own times, and one clear sentence for each broken one."""

from __future__ import annotations

import errno
import threading
import time
import wave
from pathlib import Path

import numpy as np
import pytest

from fallwatch.core.protocols import EndOfStreamError, SourceError
from fallwatch.core.types import Frame
from fallwatch.sources.clip.clip_decoder import ClipDecoder
from fallwatch.sources.clip.video_file import VideoFileSource
from tests.sources.clip.clips import (
    plain_image,
    trimmed,
    turned_sideways,
    write_avi,
    write_clip,
    write_jpeg_stream,
)
from tests.waiting import within


def _read_all(source: VideoFileSource) -> list[Frame]:
    frames: list[Frame] = []
    source.open()
    try:
        while True:
            frames.append(source.read())
    except EndOfStreamError:
        return frames
    finally:
        source.close()


def _read_on(source: VideoFileSource) -> None:
    while True:
        source.read()


def test_a_clip_is_read_from_its_first_to_its_last_frame(demo_fall: Path) -> None:
    source = VideoFileSource(demo_fall)
    source.open()
    assert source.fps == pytest.approx(15)
    assert source.duration_s == pytest.approx(12)
    frames = _read_all(source)
    assert len(frames) == 180
    assert frames[0].timestamp_s == 0
    assert frames[-1].timestamp_s == pytest.approx(179 / 15, abs=1e-3)


def test_reading_twice_gives_the_same_stamps(demo_fall: Path) -> None:
    first = [frame.timestamp_s for frame in _read_all(VideoFileSource(demo_fall))]
    assert [frame.timestamp_s for frame in _read_all(VideoFileSource(demo_fall))] == first


def test_a_phone_clip_is_turned_upright(demo_fall: Path, tmp_path: Path) -> None:
    source = VideoFileSource(turned_sideways(demo_fall, tmp_path / "phone.mp4"))
    source.open()
    frame = source.read()
    source.close()
    assert (frame.width_px, frame.height_px) == (480, 640)
    lying = _read_all(VideoFileSource(demo_fall))[0].image_bgr
    assert np.array_equal(frame.image_bgr, np.rot90(lying, k=-1))


def test_a_clip_of_odd_size_is_read(tmp_path: Path) -> None:
    clip = write_avi(tmp_path / "odd.avi", [plain_image(321, 241)] * 5)
    frames = _read_all(VideoFileSource(clip))
    assert [(frame.width_px, frame.height_px) for frame in frames] == [(321, 241)] * 5


def test_a_clip_whose_size_changes_is_read_to_its_end(tmp_path: Path) -> None:
    images = [plain_image(320, 240)] * 4 + [plain_image(160, 120)] * 4
    frames = _read_all(VideoFileSource(write_jpeg_stream(tmp_path / "mixed.mjpeg", images)))
    stamps = [frame.timestamp_s for frame in frames]
    assert stamps == pytest.approx([number / 25 for number in range(8)])
    assert [frame.width_px for frame in frames] == [320] * 4 + [160] * 4


def test_a_frame_of_another_size_is_shown_whole(tmp_path: Path) -> None:
    small = plain_image(160, 120, 20)
    small[:, :80] = 230
    stream = write_jpeg_stream(tmp_path / "mixed.mjpeg", [plain_image(320, 240), small])
    last = _read_all(VideoFileSource(stream))[-1].image_bgr
    middle = last.shape[1] // 2
    assert last[:, :middle].mean() == pytest.approx(230, abs=5)
    assert last[:, middle:].mean() == pytest.approx(20, abs=5)


@pytest.mark.parametrize(
    ("ending", "codec", "b_frames"),
    [
        ("mp4", "libx264", 0),
        ("mp4", "libx264", 2),
        ("mp4", "libx265", 2),
        ("mov", "libx264", 2),
        ("mkv", "libx264", 2),
        ("ts", "libx264", 2),
        ("webm", "libvpx-vp9", 0),
        ("avi", "mjpeg", 0),
        ("avi", "mpeg4", 0),
        ("avi", "mpeg4", 2),
        ("avi", "libx264", 2),
        ("mpg", "mpeg2video", 2),
    ],
)
def test_each_usual_format_gives_all_frames_in_order_and_time(
    ending: str, codec: str, b_frames: int, tmp_path: Path
) -> None:
    shades = range(32, 224, 16)
    images = [plain_image(64, 48, shade) for shade in shades]
    clip = write_clip(tmp_path / f"clip.{ending}", images, codec=codec, b_frames=b_frames)
    frames = _read_all(VideoFileSource(clip))
    assert [frame.image_bgr.mean() for frame in frames] == pytest.approx(list(shades), abs=7)
    stamps = [frame.timestamp_s for frame in frames]
    assert stamps == pytest.approx([number / 25 for number in range(len(shades))], abs=2e-3)


@pytest.mark.parametrize("ending", ["mp4", "mkv"])
def test_a_variable_rate_keeps_its_times(ending: str, tmp_path: Path) -> None:
    times_ms = [500, 533, 600, 1000, 3000, 3040]
    images = [plain_image(64, 48)] * len(times_ms)
    clip = write_clip(tmp_path / f"clip.{ending}", images, times_ms=times_ms)
    stamps = [frame.timestamp_s for frame in _read_all(VideoFileSource(clip))]
    assert stamps == pytest.approx([0, 0.033, 0.1, 0.5, 2.5, 2.54], abs=1e-3)


def test_colours_stand_in_the_order_blue_green_red(tmp_path: Path) -> None:
    blue = plain_image(64, 48)
    blue[:] = (200, 60, 20)
    frame = _read_all(VideoFileSource(write_clip(tmp_path / "clip.mp4", [blue] * 3)))[-1]
    assert frame.image_bgr.mean((0, 1)) == pytest.approx([200, 60, 20], abs=8)


def test_a_trimmed_clip_is_complete(demo_fall: Path, tmp_path: Path) -> None:
    source = VideoFileSource(trimmed(demo_fall, tmp_path / "part.mp4", start_s=3, length_s=5))
    source.open()
    assert source.duration_s == pytest.approx(5)
    assert len(_read_all(source)) == 75


def _cut(clip: Path, path: Path, share: float) -> Path:
    data = clip.read_bytes()
    path.write_bytes(data[: int(len(data) * share)])
    return path


def test_a_clip_cut_in_the_middle_gives_what_it_has_and_then_says_so(
    demo_fall: Path, tmp_path: Path
) -> None:
    source = VideoFileSource(_cut(demo_fall, tmp_path / "cut.mp4", 0.5))
    source.open()
    for _ in range(30):
        source.read()
    with pytest.raises(SourceError, match=r"cut\.mp4 ended early, at \d\.\d s of 12\.0 s"):
        _read_on(source)
    source.close()


def test_a_cut_avi_says_so_too(tmp_path: Path) -> None:
    whole = write_avi(tmp_path / "whole.avi", [plain_image(64, 48)] * 100)
    source = VideoFileSource(_cut(whole, tmp_path / "cut.avi", 0.5))
    source.open()
    assert source.duration_s == pytest.approx(4)
    with pytest.raises(SourceError, match=r"cut\.avi ended early, at \d\.\d s of 4\.0 s"):
        _read_on(source)
    source.close()


def test_a_few_bad_frames_are_left_out(demo_fall: Path, tmp_path: Path) -> None:
    data = bytearray(demo_fall.read_bytes())
    middle = len(data) // 2
    data[middle : middle + 4000] = b"\xff" * 4000
    clip = tmp_path / "scratched.mp4"
    clip.write_bytes(data)
    frames = _read_all(VideoFileSource(clip))
    assert len(frames) > 150
    assert frames[-1].timestamp_s == pytest.approx(179 / 15, abs=1e-3)


def test_a_clip_that_is_bad_from_some_point_on_is_given_up(
    demo_fall: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("fallwatch.sources.clip.clip_decoder._MAX_BAD_IN_A_ROW", 20)
    data = demo_fall.read_bytes()
    clip = tmp_path / "burnt.mp4"
    clip.write_bytes(data[: len(data) // 2] + b"\xff" * (len(data) - len(data) // 2))
    source = VideoFileSource(clip)
    source.open()
    with pytest.raises(SourceError, match=r"burnt\.mp4 is too damaged"):
        _read_on(source)
    source.close()


def test_a_disk_that_fails_is_told(demo_fall: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    source = VideoFileSource(demo_fall)
    source.open()
    source.read()

    def fail(_: ClipDecoder) -> None:
        raise OSError(errno.EIO, "Input/output error")

    monkeypatch.setattr(ClipDecoder, "next_frame", fail)
    with pytest.raises(SourceError, match=r"demo_fall\.mp4 cannot be read \(Input/output error\)"):
        source.read()
    source.close()


def test_a_playlist_of_something_live_is_not_waited_for(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("fallwatch.sources.clip.clip_decoder._TIMEOUT_S", 1)
    playlist = tmp_path / "live.m3u8"
    playlist.write_text("#EXTM3U\n#EXT-X-TARGETDURATION:5\n#EXTINF:5,\nmissing.ts\n")
    with (
        within(10.0),
        pytest.raises(SourceError, match=r"live\.m3u8 cannot be read \(no answer for 1 s\)"),
    ):
        VideoFileSource(playlist).open()


def test_a_recording_that_a_crash_ended_is_read_as_far_as_it_goes(tmp_path: Path) -> None:
    images = [plain_image(64, 48, 40 + number) for number in range(100)]
    whole = write_clip(tmp_path / "whole.mp4", images, options={"movflags": "frag_every_frame"})
    frames = _read_all(VideoFileSource(_cut(whole, tmp_path / "crashed.mp4", 0.8)))
    assert 50 < len(frames) < 100


def test_a_title_in_an_old_encoding_is_no_obstacle(tmp_path: Path) -> None:
    clip = write_clip(tmp_path / "clip.avi", [plain_image(64, 48)] * 3, title="Kueche")
    clip.write_bytes(clip.read_bytes().replace(b"Kueche", "Küche!".encode("latin-1")))
    assert len(_read_all(VideoFileSource(clip))) == 3


def _missing(path: Path, demo: Path) -> None:
    pass


def _folder(path: Path, demo: Path) -> None:
    path.mkdir()


def _empty(path: Path, demo: Path) -> None:
    path.touch()


def _text(path: Path, demo: Path) -> None:
    path.write_text("This is no video.\n" * 100, encoding="utf-8")


def _no_index(path: Path, demo: Path) -> None:
    # The index of a clip from a camera stands at its end, where a broken copy never arrives.
    data = demo.read_bytes()
    path.write_bytes(data.replace(b"moov", b"skip", 1))


def _header_only(path: Path, demo: Path) -> None:
    data = demo.read_bytes()
    path.write_bytes(data[: data.index(b"mdat") + 40])


def _unknown_codec(path: Path, demo: Path) -> None:
    clip = write_avi(path.with_suffix(".avi"), [plain_image(64, 48)] * 3)
    path.write_bytes(clip.read_bytes().replace(b"MJPG", b"ZZZZ"))


def _sound(path: Path, demo: Path) -> None:
    with wave.open(str(path), "wb") as sound:
        sound.setparams((1, 2, 8000, 0, "NONE", ""))
        sound.writeframes(bytes(8000))


@pytest.mark.parametrize(
    ("spoil", "problem"),
    [
        (_missing, "does not exist"),
        (_folder, "is a folder"),
        (_empty, "is empty"),
        (_text, "is not a video"),
        (_no_index, "is incomplete"),
        (_unknown_codec, "is not a video"),
        (_sound, "holds sound only"),
        (_header_only, "(holds no frame|is not a video)"),
    ],
)
def test_a_bad_file_gets_one_clear_sentence_and_no_decoder_noise(
    spoil: object, problem: str, tmp_path: Path, demo_fall: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "clip.mp4"
    spoil(path, demo_fall)  # type: ignore[operator]
    source = VideoFileSource(path)
    with pytest.raises(SourceError, match=rf"clip\.mp4 {problem}"):
        source.open()
    source.close()
    assert capfd.readouterr() == ("", "")


def test_a_name_with_a_colon_is_not_taken_for_a_protocol(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    write_avi(tmp_path / "clip.avi", [plain_image(64, 48)] * 3).rename(tmp_path / "concat:room.avi")
    monkeypatch.chdir(tmp_path)
    assert len(_read_all(VideoFileSource("concat:room.avi"))) == 3


def test_in_real_time_it_takes_as_long_as_it_shows(tmp_path: Path) -> None:
    clip = write_avi(tmp_path / "clip.avi", [plain_image(64, 48)] * 11)
    began_s = time.monotonic()
    _read_all(VideoFileSource(clip, realtime=True))
    assert time.monotonic() - began_s > 0.38


def test_a_paced_read_can_be_interrupted(tmp_path: Path) -> None:
    clip = write_avi(tmp_path / "slow.avi", [plain_image(64, 48)] * 3, fps=1)
    source = VideoFileSource(clip, realtime=True)
    source.open()
    source.read()
    timer = threading.Timer(0.1, source.interrupt)
    timer.start()
    with within(0.7), pytest.raises(SourceError, match="interrupted"):
        source.read()
    timer.join()
    source.close()


def test_a_loop_goes_on_with_time_and_numbers(tmp_path: Path) -> None:
    clip = write_avi(tmp_path / "clip.avi", [plain_image(64, 48)] * 4)
    source = VideoFileSource(clip, loop=True)
    source.open()
    frames = [source.read() for _ in range(10)]
    source.close()
    assert [frame.index for frame in frames] == list(range(10))
    assert [frame.timestamp_s for frame in frames] == pytest.approx([n / 25 for n in range(10)])
    assert [frame.clip_s for frame in frames] == pytest.approx([n % 4 / 25 for n in range(10)])


def test_real_clips_are_read_to_their_end(fallwatch_data: Path) -> None:
    clips = sorted((fallwatch_data / "le2i_layout").rglob("*.avi"))[:1]
    clips += sorted((fallwatch_data / "gmdcsa24" / "videos").glob("*.mp4"))[:1]
    assert clips
    for clip in clips:
        assert len(_read_all(VideoFileSource(clip))) > 30
