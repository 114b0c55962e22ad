"""Sampling of a clip: opened at first use, every due frame in order, closed whatever happens."""

from __future__ import annotations

from pathlib import Path

import pytest

from fallwatch.core.protocols import SourceError
from fallwatch.core.types import Frame
from fallwatch.sources.clip.sampled_frames import sampled_frames
from fallwatch.sources.clip.video_file import VideoFileSource
from tests.pipeline.fakes import FakeSource


class CountingSource(FakeSource):
    """A clip of 15 frames a second that counts how often it is opened."""

    def __init__(self, frames: int) -> None:
        super().__init__(is_live=False, frames=frames)
        self.opened = 0

    def open(self) -> None:
        self.opened += 1
        super().open()


def test_every_frame_of_a_clip_at_the_rate_is_sampled(demo_fall: Path) -> None:
    frames = list(sampled_frames(VideoFileSource(demo_fall), 15.0))
    assert [frame.index for frame in frames] == list(range(180))


@pytest.mark.parametrize(
    ("max_fps", "indices"),
    [(30.0, list(range(20))), (7.5, list(range(0, 20, 2))), (5.0, list(range(0, 20, 3)))],
)
def test_a_faster_clip_is_thinned_out_evenly(max_fps: float, indices: list[int]) -> None:
    frames = sampled_frames(CountingSource(20), max_fps)
    assert [frame.index for frame in frames] == indices


def test_frames_left_out_at_the_beginning_change_which_are_sampled_after_it() -> None:
    read: list[Frame] = []
    sampled = list(sampled_frames(CountingSource(8), 7.5, read.append, skip_frames=1))
    assert [frame.index for frame in sampled] == [1, 3, 5, 7]
    assert len(read) == 8


def test_every_frame_that_is_read_is_reported_also_one_that_is_not_sampled() -> None:
    read: list[Frame] = []
    sampled = list(sampled_frames(CountingSource(6), 7.5, read.append))
    assert [frame.index for frame in read] == [0, 1, 2, 3, 4, 5]
    assert [frame.index for frame in sampled] == [0, 2, 4]


def test_the_source_is_opened_at_the_first_frame_and_closed_at_the_end() -> None:
    source = CountingSource(3)
    frames = sampled_frames(source, 15.0)
    assert source.opened == 0
    next(frames)
    assert (source.opened, source.closed.is_set()) == (1, False)
    assert len(list(frames)) == 2
    assert (source.opened, source.closed.is_set()) == (1, True)


def test_a_clip_without_frames_ends_at_once_and_is_closed() -> None:
    source = CountingSource(0)
    assert list(sampled_frames(source, 15.0)) == []
    assert source.closed.is_set()


def test_the_source_is_closed_when_the_reading_stops_early() -> None:
    source = CountingSource(30)
    frames = sampled_frames(source, 15.0)
    next(frames)
    frames.close()
    assert source.closed.is_set()


def test_the_source_is_closed_when_the_listener_ends_the_reading() -> None:
    def refuse(frame: Frame) -> None:
        raise KeyboardInterrupt

    source = CountingSource(3)
    with pytest.raises(KeyboardInterrupt):
        next(sampled_frames(source, 15.0, refuse))
    assert source.closed.is_set()


def test_a_clip_that_breaks_gives_what_came_before_and_is_closed() -> None:
    def breaks(_: FakeSource, index: int) -> None:
        if index == 5:
            raise SourceError("clip.mp4 ended early.")

    source = FakeSource(is_live=False, before_read=breaks)
    frames: list[Frame] = []
    with pytest.raises(SourceError, match="ended early"):
        frames.extend(sampled_frames(source, 15.0))
    assert len(frames) == 5
    assert source.closed.is_set()


def test_a_clip_that_cannot_be_opened_is_closed_too() -> None:
    def fails(_: FakeSource) -> None:
        raise SourceError("clip.mp4 does not exist.")

    source = FakeSource(is_live=False, before_open=fails)
    with pytest.raises(SourceError, match="does not exist"):
        list(sampled_frames(source, 15.0))
    assert source.closed.is_set()


def test_a_rate_of_nothing_is_refused() -> None:
    with pytest.raises(ValueError, match="above 0"):
        next(sampled_frames(CountingSource(3), 0.0))
