"""A clip without threads: every due frame, in order, and the source is always closed."""

from __future__ import annotations

from pathlib import Path

import pytest

from fallwatch.core.protocols import SourceError
from fallwatch.runtime.clip_runner import analyze_clip
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
    analyses.close()
    assert source.closed.is_set()


def test_the_source_is_closed_when_the_analyzer_fails() -> None:
    def fails(_: object) -> None:
        raise RuntimeError("no memory left")

    source = FakeSource(is_live=False, frames=30)
    with pytest.raises(RuntimeError, match="no memory left"):
        next(analyze_clip(source, FakeAnalyzer(before_step=fails)))
    assert source.closed.is_set()


def test_a_clip_that_breaks_gives_what_came_before() -> None:
    def breaks(_: FakeSource, index: int) -> None:
        if index == 5:
            raise SourceError("clip.mp4 ended early.")

    source, analyzer = FakeSource(is_live=False, before_read=breaks), FakeAnalyzer()
    with pytest.raises(SourceError, match="ended early"):
        list(analyze_clip(source, analyzer))
    assert len(analyzer.stamps) == 5
    assert source.closed.is_set()
