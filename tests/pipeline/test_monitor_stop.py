"""Stopping takes less than two seconds in every state, and nobody hears of it afterwards."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator

import pytest

from fallwatch.core.protocols import SourceError
from fallwatch.core.types import Frame
from fallwatch.pipeline.health.watchdog import Limits
from fallwatch.pipeline.monitor import Monitor, MonitorState, MonitorStatus
from tests.pipeline.fakes import FakeAnalyzer, FakeSource, Heard, WatchdogClock, watching
from tests.waiting import PATIENCE_S, join_threads, wait_until, within


@pytest.fixture
def release() -> Iterator[threading.Event]:
    """Ends what hangs, after the test, so that its threads end too."""
    event = threading.Event()
    yield event
    event.set()


def _stop(monitor: Monitor, heard: Heard, hung: threading.Event | None = None) -> list[str]:
    """Stop the monitor, let go what hangs, and see that nothing is heard after the stop.

    Args:
        monitor: Which to stop.
        heard: What it said.
        hung: Keeps a thread hanging until it is set.

    Returns:
        Names of the threads that were left behind.
    """
    # What hangs is not waited for any longer than this; all others have time enough to end.
    left = monitor.stop(PATIENCE_S if hung is None else 1.0)
    assert monitor.status.state is MonitorState.IDLE
    before = (len(heard.statuses), len(heard.analyses), len(heard.events))
    if hung is not None:
        hung.set()
    join_threads("fallwatch-")
    assert (len(heard.statuses), len(heard.analyses), len(heard.events)) == before
    assert heard.states[-1] is MonitorState.IDLE
    return left


def test_a_running_camera_stops_at_once() -> None:
    with watching(FakeSource) as (monitor, heard):
        wait_until(lambda: monitor.status.state is MonitorState.RUNNING)
        with within(1.0):
            assert _stop(monitor, heard) == []


def test_a_clip_whose_reader_waits_for_the_analysis_stops() -> None:
    analyzer = FakeAnalyzer(before_step=lambda frame: time.sleep(0.2))
    source = FakeSource(is_live=False, frames=1000)
    with watching(lambda: source, lambda: analyzer) as (monitor, heard):
        wait_until(lambda: monitor.status.state is MonitorState.RUNNING)
        assert _stop(monitor, heard) == []
    assert source.closed.is_set()
    assert analyzer.closed == 1


@pytest.mark.parametrize("hangs_in", ["open", "read"])
def test_a_source_that_hangs_is_left_behind_and_named(
    hangs_in: str, release: threading.Event
) -> None:
    entered = threading.Event()

    def hang(*_: object) -> None:
        entered.set()
        release.wait(PATIENCE_S)

    def source() -> FakeSource:
        if hangs_in == "open":
            return FakeSource(before_open=hang)
        return FakeSource(before_read=hang)

    with watching(source) as (monitor, heard):
        assert entered.wait(PATIENCE_S)
        assert monitor.stop(1.0) == ["fallwatch-capture-kitchen"]
        assert heard.states[-2:] == [MonitorState.STOPPING, MonitorState.IDLE]
        # Again, it waits for nothing, and for this long even less.
        assert _stop(monitor, heard, release) == ["fallwatch-capture-kitchen"]


def test_models_that_are_being_loaded_are_left_behind_and_freed(
    release: threading.Event,
) -> None:
    entered = threading.Event()
    analyzer = FakeAnalyzer()

    def load() -> FakeAnalyzer:
        entered.set()
        release.wait(PATIENCE_S)
        return analyzer

    with watching(FakeSource, load) as (monitor, heard):
        assert entered.wait(PATIENCE_S)
        assert _stop(monitor, heard, release) == ["fallwatch-analysis-kitchen"]
        assert analyzer.closed == 1
        assert analyzer.stamps == []


def test_a_step_that_ends_after_the_stop_reaches_nobody(release: threading.Event) -> None:
    entered = threading.Event()

    def hang(frame: Frame) -> None:
        entered.set()
        release.wait(PATIENCE_S)

    analyzer = FakeAnalyzer(events_at=(0,), before_step=hang)
    with watching(FakeSource, lambda: analyzer) as (monitor, heard):
        assert entered.wait(PATIENCE_S)
        assert _stop(monitor, heard, release) == ["fallwatch-analysis-kitchen"]
        assert analyzer.closed == 1
        assert heard.events == []


def test_an_event_found_while_stopping_is_still_told() -> None:
    entered = threading.Event()

    def slow(frame: Frame) -> None:
        entered.set()
        wait_until(lambda: monitor.status.state is MonitorState.STOPPING)

    analyzer = FakeAnalyzer(events_at=(0,), before_step=slow)
    with watching(FakeSource, lambda: analyzer) as (monitor, heard):
        assert entered.wait(PATIENCE_S)
        assert monitor.stop(PATIENCE_S) == []
        assert [event.track_id for event, _ in heard.events] == [1, 2]


def test_a_camera_waiting_to_be_tried_again_stops_at_once() -> None:
    def fails(_: FakeSource) -> None:
        raise SourceError("There is no webcam 7.")

    with watching(lambda: FakeSource(before_open=fails)) as (monitor, heard):
        wait_until(lambda: monitor.status.state is MonitorState.FAULTED)
        assert _stop(monitor, heard) == []


def test_a_finished_clip_stops() -> None:
    with watching(lambda: FakeSource(is_live=False, frames=3)) as (monitor, heard):
        wait_until(lambda: monitor.status.state is MonitorState.FINISHED)
        assert _stop(monitor, heard) == []


def test_stopping_from_a_callback_does_not_wait_for_itself() -> None:
    stopped: list[list[str]] = []

    def on_status(status: MonitorStatus) -> None:
        if status.state is MonitorState.FINISHED:
            stopped.append(monitors[0].stop())

    monitors: list[Monitor] = []
    source = FakeSource(is_live=False, frames=30)
    with watching(lambda: source, on_status=on_status) as (monitor, _):
        monitors.append(monitor)
        wait_until(lambda: bool(stopped))
    assert stopped == [[]]


def test_starting_again_makes_everything_new() -> None:
    sources: list[FakeSource] = []
    analyzers: list[FakeAnalyzer] = []

    def source() -> FakeSource:
        sources.append(FakeSource())
        return sources[-1]

    def analyzer() -> FakeAnalyzer:
        analyzers.append(FakeAnalyzer())
        return analyzers[-1]

    with watching(source, analyzer) as (monitor, heard):
        for run in (1, 2, 3):
            monitor.start()
            monitor.start()
            wait_until(lambda: monitor.status.state is MonitorState.RUNNING)
            assert monitor.stop(PATIENCE_S) == []
            assert len(analyzers) == run
            assert len(sources) == run + 1  # the first one was only asked for its name
    assert all(made.closed == 1 for made in analyzers)
    assert all(made.closed.is_set() for made in sources[1:])
    assert heard.states.count(MonitorState.IDLE) == 3


_LIMITS = Limits()


def test_a_camera_that_hangs_is_given_up_and_replaced(release: threading.Event) -> None:
    made: list[FakeSource] = []
    clock = WatchdogClock()
    hangs = threading.Event()

    def hang(source: FakeSource, index: int) -> None:
        if source is made[1] and index == 3:
            hangs.set()
            release.wait(PATIENCE_S)

    def source() -> FakeSource:
        made.append(FakeSource(before_read=hang))
        return made[-1]

    with watching(source, clock=clock) as (monitor, heard):
        assert hangs.wait(PATIENCE_S)
        clock.advance(_LIMITS.read_s - 0.1)
        clock.wait_for_rounds()
        assert len(made) == 2
        clock.advance(0.2)
        wait_until(lambda: MonitorState.FAULTED in heard.states)
        wait_until(lambda: monitor.status.state is MonitorState.RUNNING)
        fault = next(status for status in heard.statuses if status.state is MonitorState.FAULTED)
        assert str(fault.message) == "kitchen does not answer. Trying again."
        assert made[1].interrupted.is_set()
        release.set()
        wait_until(made[1].closed.is_set)
        stamps = [analysis.frame.timestamp_s for analysis in heard.analyses]
        assert stamps == sorted(set(stamps))
        assert monitor.status.state is MonitorState.RUNNING
        assert monitor.stop(PATIENCE_S) == []


def test_a_driver_that_never_returns_does_not_collect_threads(release: threading.Event) -> None:
    opened: list[int] = []
    clock = WatchdogClock()

    def hang(_: FakeSource) -> None:
        opened.append(1)
        release.wait(PATIENCE_S)

    with watching(lambda: FakeSource(before_open=hang), clock=clock) as (monitor, _):
        for count in (1, 2, 3, 4):
            wait_until(lambda count=count: len(opened) == count)  # type: ignore[misc]
            clock.advance(_LIMITS.open_s + 0.1)
        wait_until(lambda: "Unplug the camera" in str(monitor.status.message))
        clock.advance(10 * _LIMITS.open_s)
        clock.wait_for_rounds()
        assert monitor.status.state is MonitorState.FAULTED
        assert len(opened) == 4
        assert monitor.stop(0.5) == ["fallwatch-capture-kitchen"] * 4


def test_a_clip_that_hangs_is_faulted_and_not_opened_again(release: threading.Event) -> None:
    opened: list[int] = []
    clock = WatchdogClock()
    reading = threading.Event()

    def hang(_: FakeSource, index: int) -> None:
        reading.set()
        release.wait(PATIENCE_S)

    def source() -> FakeSource:
        return FakeSource(is_live=False, before_open=lambda _: opened.append(1), before_read=hang)

    with watching(source, clock=clock) as (monitor, _):
        assert reading.wait(PATIENCE_S)
        clock.advance(_LIMITS.read_s + 0.1)
        wait_until(lambda: monitor.status.state is MonitorState.FAULTED)
        assert "does not answer" in str(monitor.status.message)
        clock.advance(_LIMITS.read_s + 0.1)
        clock.wait_for_rounds()
        release.set()
        join_threads("fallwatch-capture")
    assert len(opened) == 1


def test_a_clip_that_has_ended_does_not_hang(caplog: pytest.LogCaptureFixture) -> None:
    clock = WatchdogClock()
    with watching(lambda: FakeSource(is_live=False, frames=3), clock=clock) as (monitor, _):
        wait_until(lambda: monitor.status.state is MonitorState.FINISHED)
        clock.advance(10 * _LIMITS.read_s)
        clock.wait_for_rounds()
        assert monitor.status.state is MonitorState.FINISHED
    assert "does not answer" not in caplog.text
