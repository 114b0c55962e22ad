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
from tests.pipeline.fakes import FakeAnalyzer, FakeSource, Heard, wait_until, watching


@pytest.fixture
def release() -> Iterator[threading.Event]:
    """Ends what hangs, after the test, so that its threads end too."""
    event = threading.Event()
    yield event
    event.set()


def _stop_and_listen(monitor: Monitor, heard: Heard, timeout_s: float = 0.8) -> list[str]:
    began_s = time.monotonic()
    left = monitor.stop(timeout_s)
    assert time.monotonic() - began_s < timeout_s
    assert monitor.status.state is MonitorState.IDLE
    before = (len(heard.statuses), len(heard.analyses), len(heard.events))
    time.sleep(0.3)
    assert (len(heard.statuses), len(heard.analyses), len(heard.events)) == before
    assert heard.states[-1] is MonitorState.IDLE
    return left


def test_a_running_camera_stops_at_once() -> None:
    with watching(FakeSource) as (monitor, heard):
        wait_until(lambda: monitor.status.state is MonitorState.RUNNING)
        began_s = time.monotonic()
        assert _stop_and_listen(monitor, heard) == []
        assert time.monotonic() - began_s < 1


def test_a_clip_whose_reader_waits_for_the_analysis_stops(release: threading.Event) -> None:
    analyzer = FakeAnalyzer(before_step=lambda frame: time.sleep(0.2))
    source = FakeSource(is_live=False, frames=1000)
    with watching(lambda: source, lambda: analyzer) as (monitor, heard):
        wait_until(lambda: monitor.status.state is MonitorState.RUNNING)
        assert _stop_and_listen(monitor, heard) == []
    assert source.closed.is_set()
    assert analyzer.closed == 1


@pytest.mark.parametrize("hangs_in", ["open", "read"])
def test_a_source_that_hangs_is_left_behind_and_named(
    hangs_in: str, release: threading.Event
) -> None:
    entered = threading.Event()

    def hang(*_: object) -> None:
        entered.set()
        release.wait(30)

    def source() -> FakeSource:
        if hangs_in == "open":
            return FakeSource(before_open=hang)
        return FakeSource(before_read=hang)

    with watching(source) as (monitor, heard):
        assert entered.wait(5)
        assert _stop_and_listen(monitor, heard, 2.0) == ["fallwatch-capture-kitchen"]
        assert heard.states[-2:] == [MonitorState.STOPPING, MonitorState.IDLE]
        began_s = time.monotonic()
        assert monitor.stop() == ["fallwatch-capture-kitchen"]
        assert time.monotonic() - began_s < 0.1


def test_models_that_are_being_loaded_are_left_behind_and_freed(
    release: threading.Event,
) -> None:
    entered = threading.Event()
    analyzer = FakeAnalyzer()

    def load() -> FakeAnalyzer:
        entered.set()
        release.wait(30)
        return analyzer

    with watching(FakeSource, load) as (monitor, heard):
        assert entered.wait(5)
        assert _stop_and_listen(monitor, heard) == ["fallwatch-analysis-kitchen"]
        release.set()
        wait_until(lambda: analyzer.closed == 1)
        assert analyzer.stamps == []


def test_a_step_that_ends_after_the_stop_reaches_nobody(release: threading.Event) -> None:
    entered = threading.Event()

    def hang(frame: Frame) -> None:
        entered.set()
        release.wait(30)

    analyzer = FakeAnalyzer(events_at=(0,), before_step=hang)
    with watching(FakeSource, lambda: analyzer) as (monitor, heard):
        assert entered.wait(5)
        assert _stop_and_listen(monitor, heard) == ["fallwatch-analysis-kitchen"]
        release.set()
        wait_until(lambda: analyzer.closed == 1)
        assert heard.events == []


def test_an_event_found_while_stopping_is_still_told() -> None:
    entered = threading.Event()

    def slow(frame: Frame) -> None:
        entered.set()
        time.sleep(0.4)

    analyzer = FakeAnalyzer(events_at=(0,), before_step=slow)
    with watching(FakeSource, lambda: analyzer) as (monitor, heard):
        assert entered.wait(5)
        assert monitor.stop() == []
        assert [event.track_id for event, _ in heard.events] == [1, 2]


def test_a_camera_waiting_to_be_tried_again_stops_at_once() -> None:
    def fails(_: FakeSource) -> None:
        raise SourceError("There is no webcam 7.")

    with watching(lambda: FakeSource(before_open=fails)) as (monitor, heard):
        wait_until(lambda: monitor.status.state is MonitorState.FAULTED)
        began_s = time.monotonic()
        assert _stop_and_listen(monitor, heard) == []
        assert time.monotonic() - began_s < 1


def test_a_finished_clip_stops() -> None:
    with watching(lambda: FakeSource(is_live=False, frames=3)) as (monitor, heard):
        wait_until(lambda: monitor.status.state is MonitorState.FINISHED)
        assert _stop_and_listen(monitor, heard) == []


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


def test_starting_again_makes_everything_anew() -> None:
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
            assert monitor.stop() == []
            assert len(analyzers) == run
            assert len(sources) == run + 1  # the first one was only asked for its name
    assert all(made.closed == 1 for made in analyzers)
    assert all(made.closed.is_set() for made in sources[1:])
    assert heard.states.count(MonitorState.IDLE) == 3


_HASTY = Limits(read_s=0.2, open_s=0.2)


def test_a_camera_that_hangs_is_given_up_and_replaced(release: threading.Event) -> None:
    made: list[FakeSource] = []

    def hang(source: FakeSource, index: int) -> None:
        if source is made[1] and index == 3:
            release.wait(30)

    def source() -> FakeSource:
        made.append(FakeSource(before_read=hang))
        return made[-1]

    with watching(source, limits=_HASTY) as (monitor, heard):
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
        assert monitor.stop() == []


def test_a_driver_that_never_returns_does_not_collect_threads(release: threading.Event) -> None:
    opened: list[int] = []

    def hang(_: FakeSource) -> None:
        opened.append(1)
        release.wait(30)

    with watching(lambda: FakeSource(before_open=hang), limits=_HASTY) as (monitor, _):
        wait_until(lambda: "Unplug the camera" in str(monitor.status.message))
        time.sleep(0.6)
        assert monitor.status.state is MonitorState.FAULTED
        assert len(opened) == 4
        assert monitor.stop(0.5) == ["fallwatch-capture-kitchen"] * 4


def test_a_clip_that_hangs_is_faulted_and_not_opened_again(release: threading.Event) -> None:
    opened: list[int] = []

    def source() -> FakeSource:
        return FakeSource(
            is_live=False,
            before_open=lambda _: opened.append(1),
            before_read=lambda _, index: release.wait(30) and None,
        )

    with watching(source, limits=_HASTY) as (monitor, _):
        wait_until(lambda: monitor.status.state is MonitorState.FAULTED)
        assert "does not answer" in str(monitor.status.message)
        time.sleep(0.4)
        release.set()
    assert len(opened) == 1


def test_a_clip_that_has_ended_does_not_hang(caplog: pytest.LogCaptureFixture) -> None:
    with watching(lambda: FakeSource(is_live=False, frames=3), limits=_HASTY) as (monitor, _):
        wait_until(lambda: monitor.status.state is MonitorState.FINISHED)
        time.sleep(0.4)
        assert monitor.status.state is MonitorState.FINISHED
    assert "does not answer" not in caplog.text
