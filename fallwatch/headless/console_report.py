"""What a run without a window tells."""

from __future__ import annotations

import json
import sys
import time
from collections.abc import Callable

from rich.console import Console
from rich.markup import escape
from rich.progress import BarColumn, Progress, TaskID, TextColumn, TimeRemainingColumn

from fallwatch.core.protocols import FrameSource
from fallwatch.core.types import Analysis, EventKind, FallEvent
from fallwatch.dispatch.alarm_dispatcher import AlarmDispatcher
from fallwatch.dispatch.event_report import raise_alarm
from fallwatch.pipeline.health.fault_alarms import FaultAction, FaultAlarms
from fallwatch.pipeline.health.status import MonitorState, MonitorStatus
from fallwatch.recording.recording_thread import Tap

#: Loading and stopping are told by other words, and a fault at the start is told as the error.
_WORTH_TELLING = (MonitorState.RUNNING, MonitorState.STALLED, MonitorState.FAULTED)


class ConsoleReport:
    """Tells what goes on: JSON on standard output, progress for people on standard error.

    Args:
        console: On standard error.
        source: What is watched.
        dispatcher: Where alarms are raised, also about the camera itself.
        found: Takes each event.
        tap: Records the camera; None for a clip.
        told: Also told of each status.
    """

    def __init__(
        self,
        console: Console,
        source: FrameSource,
        dispatcher: AlarmDispatcher,
        found: list[FallEvent],
        tap: Tap | None,
        told: Callable[[MonitorStatus], None] = lambda status: None,
    ) -> None:
        self._console, self._source, self._tap = console, source, tap
        self._dispatcher, self._found, self._told = dispatcher, found, told
        self._progress = Progress(
            TextColumn("{task.description}"),
            BarColumn(),
            TextColumn("{task.fields[at]}"),
            TimeRemainingColumn(),
            console=console,
            transient=True,
            disable=not console.is_terminal,
        )
        self._task: TaskID | None = None
        self._state: MonitorState | None = None
        self._health = FaultAlarms()

    def __enter__(self) -> ConsoleReport:
        self._console.print(f"{escape(self._source.name)}: loading models")
        self._progress.start()
        return self

    def __exit__(self, problem: type[BaseException] | None, *_: object) -> None:
        self._progress.stop()
        if not self._source.is_live:
            self._dispatcher.close_clip_alarms(self._source.name)
        if problem is not None:
            return
        count = sum(event.kind is not EventKind.RECOVERED for event in self._found)
        self._console.print(f"{escape(self._source.name)}: {count} alarm{'s' * (count != 1)}")

    def on_event(self, event: FallEvent, analysis: Analysis) -> None:
        """See `fallwatch.headless.runner.Listener`."""
        line = raise_alarm(self._dispatcher, event, analysis, from_clip=not self._source.is_live)
        if self._tap is not None and event.kind is not EventKind.RECOVERED:
            self._tap.event(str(line["event_id"]), analysis)
        self._found.append(event)
        # Flushed at once: who reads the pipe must not wait for a buffer to fill.
        sys.stdout.write(json.dumps(line) + "\n")
        sys.stdout.flush()
        words = "; ".join(map(str, event.evidence))
        self._console.print(
            f"[bold]{event.kind.value}[/] at {event.started_s:.1f} s: {escape(words)}"
        )

    def on_analysis(self, analysis: Analysis) -> None:
        """See `fallwatch.headless.runner.Listener`."""
        if self._tap is not None:
            self._tap.see(analysis)
        at_s = analysis.frame.timestamp_s
        if self._task is None:
            self._task = self._progress.add_task(
                escape(self._source.name), total=self._source.duration_s, at=""
            )
        self._progress.update(self._task, completed=at_s, at=f"{at_s:.1f} s")

    def on_status(self, status: MonitorStatus) -> None:
        """See `fallwatch.headless.runner.Listener`."""
        self._told(status)
        if self._source.is_live:
            self._follow_health(status)
        if status.state is not self._state and status.state in _WORTH_TELLING:
            self._state = status.state
            words = f": {status.message}" if status.message else ""
            self._console.print(f"{escape(self._source.name)}: {status.state.value}{escape(words)}")

    def _follow_health(self, status: MonitorStatus) -> None:
        """Raise what is wrong with the camera as an alarm; end it when it is over."""
        for news in self._health.update(status, time.monotonic()):
            if news.change is FaultAction.RAISE:
                self._dispatcher.raise_technical(status.camera, news.kind, news.message)
            else:
                self._dispatcher.clear_technical(status.camera, news.kind)
