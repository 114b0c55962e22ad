"""The camera that the measurements look through keeps a real one's pace."""

from __future__ import annotations

import threading
import time

import numpy as np
import pytest

from fallwatch.bench.measure.camera import LoopCamera
from fallwatch.bench.measure.footage import Footage, encode_jpeg, noisy_footage
from fallwatch.core.protocols import SourceError


def grey(level: int) -> bytes:
    return encode_jpeg(np.full((48, 64, 3), level, dtype=np.uint8))


FOOTAGE = Footage(15.0, tuple(grey(level) for level in (0, 80, 160, 240)))


def test_frames_come_at_the_camera_s_pace_with_growing_stamps() -> None:
    camera = LoopCamera("hall", FOOTAGE, fps=100.0)
    camera.open()
    began_s = time.monotonic()
    stamps = [camera.read().timestamp_s for _ in range(20)]
    assert stamps == sorted(set(stamps))
    assert time.monotonic() - began_s >= 0.15


def test_a_clip_of_half_the_rate_is_sent_twice_over_and_again() -> None:
    camera = LoopCamera("hall", FOOTAGE, fps=30.0)
    assert [camera.position(index) for index in range(10)] == [0, 0, 1, 1, 2, 2, 3, 3, 4, 4]
    assert int(FOOTAGE.image(4).mean()) == int(FOOTAGE.image(0).mean())


def test_who_reads_late_misses_frames() -> None:
    camera = LoopCamera("hall", FOOTAGE, fps=50.0)
    camera.open()
    first = camera.read()
    time.sleep(0.5)
    assert camera.read().index > first.index + 10


def test_a_frame_s_age_counts_from_when_the_camera_had_it() -> None:
    camera = LoopCamera("hall", FOOTAGE, fps=50.0)
    camera.open()
    camera.read()
    time.sleep(0.1)
    assert time.time() - camera.read().captured_unix_s >= 0.07


def test_a_frame_that_is_not_wanted_is_not_decoded() -> None:
    camera = LoopCamera("hall", Footage(15.0, (b"no jpeg",)), fps=100.0)
    camera.open()
    assert camera.read_if(lambda timestamp_s: False) is None


def test_an_interrupted_camera_ends_a_read() -> None:
    camera = LoopCamera("hall", FOOTAGE, fps=0.5)
    camera.open()
    camera.read()
    threading.Timer(0.1, camera.interrupt).start()
    began_s = time.monotonic()
    with pytest.raises(SourceError, match="hall was interrupted"):
        camera.read()
    assert time.monotonic() - began_s < 1.5


def test_a_still_room_has_a_camera_s_noise() -> None:
    room = noisy_footage(np.full((48, 64, 3), 120, dtype=np.uint8), 15.0)
    assert 1.0 < float(np.std(room.image(0).astype(float) - room.image(1).astype(float))) < 8.0
