"""One camera or clip from start to stop, with sources that end, break and come back."""

from __future__ import annotations

import itertools
import threading
import time

import pytest

from fallwatch.core.message import Message
from fallwatch.core.protocols import FrameAnalyzer, LoginRefusedError, SourceError
from fallwatch.core.types import Analysis, FallEvent, Frame
from fallwatch.pipeline import capture_thread
from fallwatch.pipeline.health.faults import ANALYSIS_FAILED
from fallwatch.pipeline.monitor import Monitor, MonitorState, MonitorStatus
from tests.pipeline.fakes import FakeAnalyzer, FakeSource, Heard, WatchdogClock, watching
from tests.waiting import PATIENCE_S, join_threads, wait_until


def _clip(frames: int = 30) -> FakeSource:
    return FakeSource(is_live=False, frames=frames)


def test_a_clip_is_analysed_to_its_last_frame_and_then_finished() -> None:
    with watching(_clip) as (monitor, heard):
        wait_until(lambda: monitor.status.state is MonitorState.FINISHED)
        assert [analysis.frame.index for analysis in heard.analyses] == list(range(30))
        wait_until(lambda: heard.states[-1] is MonitorState.FINISHED)
    expected = [MonitorState.STARTING, MonitorState.RUNNING, MonitorState.FINISHED]
    assert [state for state in heard.states if state in expected] == expected


def test_a_slow_analysis_loses_no_frame_of_a_clip() -> None:
    def slow() -> FakeAnalyzer:
        return FakeAnalyzer(before_step=lambda frame: time.sleep(0.03))

    # Three times as long for a frame as reading one takes.
    with watching(_clip, slow) as (monitor, heard):
        wait_until(lambda: monitor.status.state is MonitorState.FINISHED)
    assert [analysis.frame.index for analysis in heard.analyses] == list(range(30))


def test_a_slow_analysis_gets_the_newest_frame_of_a_camera() -> None:
    read: list[int] = []
    analysed: list[int] = []
    newest: list[int] = []  # when the analysis of each frame ended

    def analyzer() -> FakeAnalyzer:
        return FakeAnalyzer(before_step=slow)

    def slow(frame: Frame) -> None:
        analysed.append(frame.index)
        wait_until(lambda: read[-1] > frame.index + 5 or len(newest) >= 8)
        newest.append(read[-1] - 1)  # the last one is still being read

    def source() -> FakeSource:
        return FakeSource(before_read=lambda _, index: read.append(index))

    with watching(source, analyzer):
        wait_until(lambda: len(newest) >= 8)
    # Of a calm room not every frame is wanted, but of any two one is.
    assert all(later >= seen - 1 for later, seen in zip(analysed[1:8], newest[:7], strict=True))


def test_events_come_all_in_order_and_before_their_frame() -> None:
    order: list[str] = []

    def on_event(event: FallEvent, analysis: Analysis) -> None:
        order.append(f"event {event.track_id} of {analysis.frame.index}")

    def on_analysis(analysis: Analysis) -> None:
        if analysis.events:
            order.append(f"frame {analysis.frame.index}")

    def analyzer() -> FakeAnalyzer:
        return FakeAnalyzer(events_at=(3, 29))

    with watching(_clip, analyzer, on_event=on_event, on_analysis=on_analysis) as (monitor, _):
        wait_until(lambda: monitor.status.state is MonitorState.FINISHED)
    assert order == [
        "event 1 of 3",
        "event 2 of 3",
        "frame 3",
        "event 1 of 29",
        "event 2 of 29",
        "frame 29",
    ]


def test_an_event_that_cannot_be_handed_on_takes_none_along() -> None:
    heard: list[int] = []

    def on_event(event: FallEvent, analysis: Analysis) -> None:
        heard.append(event.track_id)
        if event.track_id == 1:
            raise OSError("the disk is full")

    with watching(_clip, lambda: FakeAnalyzer(events_at=(3,)), on_event=on_event) as (monitor, _):
        wait_until(lambda: monitor.status.state is MonitorState.FAULTED)
        assert "the disk is full" in str(monitor.status.message)
    assert heard == [1, 2]


def test_a_camera_that_breaks_is_faulted_and_opened_again() -> None:
    made: list[FakeSource] = []

    def source() -> FakeSource:
        made.append(FakeSource(frames=5 if len(made) < 2 else None))
        return made[-1]

    with watching(source) as (monitor, heard):
        wait_until(lambda: MonitorState.FAULTED in heard.states)
        wait_until(lambda: monitor.status.state is MonitorState.RUNNING)
        wait_until(lambda: len(heard.analyses) > 10)
    fault = next(status for status in heard.statuses if status.state is MonitorState.FAULTED)
    assert str(fault.message) == "kitchen has stopped sending images. Trying again."
    assert made[1].closed.is_set()
    assert len(made) == 3
    stamps = [analysis.frame.timestamp_s for analysis in heard.analyses]
    assert stamps == sorted(set(stamps))
    assert stamps[-1] - stamps[0] > 0.5  # the pause counts
    indexes = [analysis.frame.index for analysis in heard.analyses]
    assert indexes == sorted(set(indexes))


def test_a_camera_that_cannot_be_opened_is_tried_for_ever() -> None:
    tries: list[int] = []

    def fails(_: FakeSource) -> None:
        tries.append(1)
        raise SourceError("There is no webcam 7.")

    with watching(lambda: FakeSource(before_open=fails)) as (monitor, _):
        wait_until(lambda: len(tries) >= 3)
        assert monitor.status.state is MonitorState.FAULTED
        assert str(monitor.status.message) == "There is no webcam 7. Trying again."


def test_a_camera_that_refuses_the_login_is_not_asked_often(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(capture_thread, "LOGIN_WAITS_S", (0.7, 1.5))
    tried_s: list[float] = []

    class Refusing(FakeSource):
        def open(self) -> None:
            tried_s.append(time.monotonic())
            raise LoginRefusedError("hall refuses the login.")

    with watching(Refusing, FakeAnalyzer) as (monitor, _):
        wait_until(lambda: len(tried_s) == 3)
        assert monitor.status.state is MonitorState.FAULTED
        assert "refuses the login" in str(monitor.status.message)
    first_s, second_s = (after - before for before, after in itertools.pairwise(tried_s))
    assert first_s >= 0.7
    assert second_s >= 1.5


def test_a_clip_that_cannot_be_opened_is_faulted_at_once_and_for_good() -> None:
    tries: list[int] = []
    loading = threading.Event()

    def fails(_: FakeSource) -> None:
        tries.append(1)
        raise SourceError("clip.mp4 does not exist.")

    def analyzer() -> FakeAnalyzer:
        assert loading.wait(PATIENCE_S)
        return FakeAnalyzer()

    with watching(lambda: FakeSource(is_live=False, before_open=fails), analyzer) as (monitor, _):
        wait_until(lambda: monitor.status.state is MonitorState.FAULTED)
        assert str(monitor.status.message) == "clip.mp4 does not exist."
        loading.set()
        join_threads("fallwatch-capture")
        assert monitor.status.state is MonitorState.FAULTED
    assert len(tries) == 1


def test_a_damaged_clip_is_faulted_after_its_last_frame_was_analysed() -> None:
    def breaks(_: FakeSource, index: int) -> None:
        if index == 20:
            raise SourceError("clip.mp4 ended early.")

    def slow() -> FakeAnalyzer:
        return FakeAnalyzer(before_step=lambda frame: time.sleep(0.02))

    def source() -> FakeSource:
        return FakeSource(is_live=False, before_read=breaks)

    with watching(source, slow) as (monitor, heard):
        wait_until(lambda: monitor.status.state is MonitorState.FAULTED)
        assert len(heard.analyses) == 20
        assert str(monitor.status.message) == "clip.mp4 ended early."


def test_a_fault_in_a_source_is_told_in_words_and_survived(
    caplog: pytest.LogCaptureFixture,
) -> None:
    tries: list[int] = []

    def stumbles(_: FakeSource) -> None:
        tries.append(1)
        if len(tries) == 1:
            raise ZeroDivisionError("division by zero")

    with watching(lambda: FakeSource(before_open=stumbles)) as (monitor, heard):
        wait_until(lambda: monitor.status.state is MonitorState.RUNNING)
    fault = next(status for status in heard.statuses if status.state is MonitorState.FAULTED)
    assert str(fault.message) == "Reading kitchen failed: division by zero. Trying again."
    assert "Traceback" in caplog.text


def test_an_analyzer_that_fails_is_replaced(caplog: pytest.LogCaptureFixture) -> None:
    made: list[FakeAnalyzer] = []

    def fails_at_first(frame: Frame) -> None:
        if len(made) == 1 and frame.index >= 5:
            raise ValueError("the model is upset")

    def analyzer() -> FakeAnalyzer:
        made.append(FakeAnalyzer(before_step=fails_at_first))
        return made[-1]

    with watching(FakeSource, analyzer) as (monitor, heard):
        wait_until(lambda: monitor.status.state is MonitorState.FAULTED)
        assert "the model is upset" in str(monitor.status.message)
        wait_until(lambda: monitor.status.state is MonitorState.RUNNING)
    assert len(made) == 2
    assert [analyzer.closed for analyzer in made] == [1, 1]
    assert "Traceback" in caplog.text
    assert MonitorState.FAULTED in heard.states


class _Heir(FakeAnalyzer):
    """Fails at its fifth frame, and remembers whom it took over from."""

    def __init__(self, fails_at: int = 5) -> None:
        super().__init__(before_step=self._fail_at_fifth)
        self.earlier: FrameAnalyzer | None = None
        self._fails_at = fails_at

    def take_over(self, earlier: FrameAnalyzer) -> None:
        self.earlier = earlier

    def _fail_at_fifth(self, frame: Frame) -> None:
        if len(self.stamps) == self._fails_at:
            raise ValueError("the model is upset")


def test_an_analyzer_that_is_replaced_leaves_its_memory_to_the_next() -> None:
    made: list[_Heir] = []

    def analyzer() -> FakeAnalyzer:
        made.append(_Heir())
        return made[-1]

    with watching(FakeSource, analyzer):
        wait_until(lambda: len(made) == 3)
    assert made[0].earlier is None
    assert made[1].earlier is made[0]
    assert made[2].earlier is made[1]


def test_a_memory_that_makes_the_next_fail_at_once_is_left_behind() -> None:
    made: list[_Heir] = []

    def analyzer() -> FakeAnalyzer:
        made.append(_Heir(0 if len(made) == 1 else 5))
        return made[-1]

    with watching(FakeSource, analyzer):
        wait_until(lambda: len(made) == 3)
    assert made[1].earlier is made[0]
    assert made[2].earlier is None


def test_an_analysis_that_fails_again_and_again_is_a_fault_while_it_runs() -> None:
    def often_upset() -> FakeAnalyzer:
        return _Heir(60)  # about a second

    with watching(FakeSource, often_upset) as (_, heard):
        wait_until(
            lambda: any(
                each.state is MonitorState.RUNNING
                and [fault.kind for fault in each.faults] == [ANALYSIS_FAILED]
                for each in heard.statuses
            )
        )
        told = next(each for each in heard.statuses if each.faults and "times" in str(each.faults))
    assert "has failed {1} times in ten minutes" in str(told.faults)


def test_models_that_cannot_be_loaded_are_told_and_tried_again() -> None:
    tries: list[int] = []

    def analyzer() -> FakeAnalyzer:
        tries.append(1)
        if len(tries) == 1:
            raise OSError("The weights are damaged.")
        return FakeAnalyzer()

    with watching(FakeSource, analyzer) as (monitor, _):
        wait_until(lambda: monitor.status.state is MonitorState.FAULTED)
        assert "The weights are damaged. Trying again." in str(monitor.status.message)
        wait_until(lambda: monitor.status.state is MonitorState.RUNNING)


def test_while_the_models_load_it_says_so() -> None:
    loaded = threading.Event()

    def analyzer() -> FakeAnalyzer:
        assert loaded.wait(PATIENCE_S)
        return FakeAnalyzer()

    with watching(FakeSource, analyzer) as (monitor, heard):
        wait_until(lambda: bool(heard.statuses))
        assert monitor.status.state is MonitorState.STARTING
        assert str(monitor.status.message) == "Getting ready"
        assert monitor.status.last_analysed_age_s is None
        loaded.set()
        wait_until(lambda: monitor.status.state is MonitorState.RUNNING)
        assert monitor.status.last_analysed_age_s is not None


def test_an_analysis_that_takes_too_long_is_not_called_monitoring() -> None:
    now = [0.0]
    go_on = threading.Event()
    steps: list[int] = []

    def waits(frame: Frame) -> None:
        steps.append(frame.index)
        if len(steps) > 4:
            assert go_on.wait(PATIENCE_S)

    def analyzer() -> FakeAnalyzer:
        return FakeAnalyzer(before_step=waits)

    with watching(FakeSource, analyzer, clock=lambda: now[0]) as (monitor, heard):
        wait_until(lambda: monitor.status.state is MonitorState.RUNNING)
        wait_until(lambda: len(heard.analyses) == 4)
        now[0] = 5.0
        wait_until(lambda: monitor.status.state is MonitorState.STALLED)
        wait_until(lambda: heard.states[-1] is MonitorState.STALLED)
        assert "too slow" in str(monitor.status.message)
        go_on.set()
        wait_until(lambda: monitor.status.state is MonitorState.RUNNING)


def test_status_is_told_once_a_second_while_nothing_changes() -> None:
    clock = WatchdogClock()
    with watching(FakeSource, clock=clock) as (_, heard):
        wait_until(lambda: heard.states[-1:] == [MonitorState.RUNNING])
        told = len(heard.statuses)
        clock.advance(0.9)
        clock.wait_for_rounds()
        assert len(heard.statuses) == told
        clock.advance(0.2)
        wait_until(lambda: len(heard.statuses) > told)
        clock.wait_for_rounds()
        assert len(heard.statuses) == told + 1
    assert heard.statuses[told].state is MonitorState.RUNNING
    assert heard.statuses[told].analysed_fps > 0


def test_the_monitor_knows_its_name_before_it_starts() -> None:
    heard = Heard()
    monitor = Monitor(
        FakeSource,
        FakeAnalyzer,
        on_analysis=heard.analyses.append,
        on_event=lambda event, analysis: None,
        on_status=heard.statuses.append,
    )
    assert monitor.status == MonitorStatus(
        "kitchen", MonitorState.IDLE, Message("Not monitoring."), 0.0, None
    )
    assert monitor.stop() == []
