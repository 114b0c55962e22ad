from __future__ import annotations

import shutil
import stat
from pathlib import Path

import av
import numpy as np
import pytest

from fallwatch.recording.clip_writer import FRAGMENT_S, ClipError, ClipWriter
from tests.recording.footage import clip_times


def image(shade: int, size: tuple[int, int] = (48, 64)) -> np.ndarray:
    return np.full((*size, 3), shade, np.uint8)


def test_frames_come_back_at_their_times_also_at_an_uneven_pace(tmp_path: Path) -> None:
    times_s = [0.0, 0.1, 0.15, 0.9, 4.0, 4.067]
    with ClipWriter(tmp_path / "a.mp4") as writer:
        for index, time_s in enumerate(times_s):
            writer.write(time_s, image(40 * index))
    assert clip_times(tmp_path / "a.mp4") == pytest.approx(times_s, abs=0.002)
    with av.open(str(tmp_path / "a.mp4")) as container:
        shades = [frame.to_ndarray(format="bgr24").mean() for frame in container.decode(video=0)]
    assert shades == pytest.approx([0, 40, 80, 120, 160, 200], abs=4)


def test_a_clip_cut_off_in_the_middle_plays_to_its_last_second(tmp_path: Path) -> None:
    writer = ClipWriter(tmp_path / "a.mp4")
    for index in range(100):
        writer.write(index / 10, image(index))
    shutil.copy(tmp_path / "a.mp4", tmp_path / "crashed.mp4")  # as kill -9 would leave it
    writer.close()
    assert clip_times(tmp_path / "crashed.mp4")[-1] >= 9.9 - FRAGMENT_S
    assert len(clip_times(tmp_path / "a.mp4")) == 100


def test_odd_sizes_and_a_change_of_size_are_no_problem(tmp_path: Path) -> None:
    with ClipWriter(tmp_path / "a.mp4") as writer:
        writer.write(0.0, image(10, (49, 65)))
        writer.write(0.1, image(10, (96, 128)))
    with av.open(str(tmp_path / "a.mp4")) as container:
        assert [(f.width, f.height) for f in container.decode(video=0)] == [(64, 48)] * 2


def test_only_the_owner_can_read_it(tmp_path: Path) -> None:
    with ClipWriter(tmp_path / "a.mp4") as writer:
        writer.write(0.0, image(10))
    assert stat.S_IMODE((tmp_path / "a.mp4").stat().st_mode) == 0o600


def test_an_empty_clip_can_be_closed_twice(tmp_path: Path) -> None:
    writer = ClipWriter(tmp_path / "a.mp4")
    writer.close()
    writer.close()
    assert (tmp_path / "a.mp4").read_bytes() == b""


def test_a_place_that_cannot_be_written_is_named(tmp_path: Path) -> None:
    with pytest.raises(ClipError, match="missing"):
        ClipWriter(tmp_path / "missing" / "a.mp4")


def test_a_full_disk_is_an_error_with_words() -> None:
    if not Path("/dev/full").exists():
        pytest.skip("this system has no /dev/full")
    writer = ClipWriter(Path("/dev/full"))
    with pytest.raises(ClipError, match="space"):
        write_many(writer)
    writer.close()


def write_many(writer: ClipWriter) -> None:
    for index in range(50):
        writer.write(index / 10, image(index))
