"""How frames are judged can be changed without letting go of the camera."""

from __future__ import annotations

from fallwatch.core.protocols import FrameAnalyzer
from fallwatch.pipeline.monitor import MonitorState
from tests.pipeline.fakes import FakeAnalyzer, FakeSource, watching
from tests.waiting import wait_until


def test_the_camera_stays_open_and_no_frame_is_judged_twice() -> None:
    sources: list[FakeSource] = []
    first, second = FakeAnalyzer(), FakeAnalyzer()

    def source() -> FakeSource:
        sources.append(FakeSource())
        return sources[-1]

    with watching(source, lambda: first) as (monitor, heard):
        wait_until(lambda: len(first.stamps) > 3)
        opened = len(sources)

        def other(analyzer: FrameAnalyzer) -> FrameAnalyzer:
            assert analyzer is first
            return second

        monitor.change_analyzer(other, loads=True)
        wait_until(lambda: len(second.stamps) > 3)
        assert len(sources) == opened
        assert first.closed == 1
        assert first.stamps[-1] < second.stamps[0]
    assert second.closed == 1
    assert MonitorState.FAULTED not in heard.states


def test_what_only_changes_the_analyzer_keeps_it() -> None:
    analyzer = FakeAnalyzer()
    seen: list[FrameAnalyzer] = []

    def look(known: FrameAnalyzer) -> FrameAnalyzer:
        seen.append(known)
        return known

    with watching(FakeSource, lambda: analyzer) as (monitor, heard):
        wait_until(lambda: monitor.status.state is MonitorState.RUNNING)
        told = len(heard.statuses)
        monitor.change_analyzer(look)
        wait_until(lambda: bool(seen))
        assert seen == [analyzer]
        assert analyzer.closed == 0
        # It never looked as if the room were not watched for a moment.
        assert MonitorState.STARTING not in [each.state for each in heard.statuses[told:]]
    assert analyzer.closed == 1
