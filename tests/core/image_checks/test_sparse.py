"""A clip of too few frames to see a fall is told, whatever rate its header claims."""

from __future__ import annotations

import pytest

from fallwatch.core.image_checks.sparse import SparseFrames


@pytest.mark.parametrize(("fps", "shown"), [(1.0, "1"), (0.5, "0.5"), (4.0, "4")])
def test_too_few_frames_are_told_with_their_rate(fps: float, shown: str) -> None:
    frames = SparseFrames(number / fps for number in range(12))
    assert str(frames.warning("slow.mp4")) == (
        f"slow.mp4 has only {shown} frames a second, and a fall may be missed. Record at least 10."
    )


@pytest.mark.parametrize("fps", [5.0, 7.5, 15.0])
def test_enough_frames_are_not(fps: float) -> None:
    assert not SparseFrames(round(number / fps, 3) for number in range(30)).warning("clip")


def test_gaps_of_a_recording_by_motion_are_no_lack_of_frames() -> None:
    moves = [start_s + number / 15 for start_s in (0, 60, 300) for number in range(30)]
    assert not SparseFrames(moves).warning("clip")


def test_a_single_frame_says_nothing() -> None:
    assert not SparseFrames([0.0]).warning("clip")
