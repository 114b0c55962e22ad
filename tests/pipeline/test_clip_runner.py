"""A clip without threads: every due frame, in order, and the source is always closed."""

from __future__ import annotations

from pathlib import Path

import pytest

from fallwatch.core.protocols import SourceError
from fallwatch.pipeline.clip_runner import analyze_clip
from fallwatch.sources.clip.video_file import VideoFileSource
from tests.pipeline.fakes import FakeAnalyzer, FakeSource


def test_every_due_frame_is_analysed_in_order(demo_fall: Path) -> None:
    analyses = list(analyze_clip(VideoFileSource(demo_fall), FakeAnalyzer()))
    assert [analysis.frame.index for analysis in analyses] == list(range(180))


def test_a_faster_clip_is_thinned_out() -> None:
    source = FakeSource(is_live=False, frames=20)
    analyses = list(analyze_clip(source, FakeAnalyzer(), max_fps=7.5))
    assert [analysis.frame.index for analysis in analyses] == list(range(0, 20, 2))


def test_the_source_is_closed_at_the_end_and_the_analyzer_left_to_its_owner() -> None:
    source, analyzer = FakeSource(is_live=False, frames=3), FakeAnalyzer()
    list(analyze_clip(source, analyzer))
    assert source.closed.is_set()
    assert analyzer.closed == 0


def test_the_source_is_closed_when_the_caller_stops_early() -> None:
    source = FakeSource(is_live=False, frames=30)
    analyses = analyze_clip(source, FakeAnalyzer())
    next(analyses)
    assert not source.closed.is_set()
    analyses.close()  # type: ignore[attr-defined]
    assert source.closed.is_set()


def test_a_clip_that_breaks_gives_what_came_before_and_is_closed() -> None:
    def breaks(_: FakeSource, index: int) -> None:
        if index == 5:
            raise SourceError("clip.mp4 ended early.")

    source, analyzer = FakeSource(is_live=False, before_read=breaks), FakeAnalyzer()
    with pytest.raises(SourceError, match="ended early"):
        list(analyze_clip(source, analyzer))
    assert len(analyzer.stamps) == 5
    assert source.closed.is_set()


def test_a_clip_that_cannot_be_opened_is_closed_too() -> None:
    def fails(_: FakeSource) -> None:
        raise SourceError("clip.mp4 does not exist.")

    source = FakeSource(is_live=False, before_open=fails)
    with pytest.raises(SourceError, match="does not exist"):
        list(analyze_clip(source, FakeAnalyzer()))
    assert source.closed.is_set()
