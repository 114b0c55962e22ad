"""Console output without a window: JSON on standard output, progress on standard error."""

from __future__ import annotations

import json
import threading

from rich.console import Console
from rich.markup import escape
from rich.progress import BarColumn, Progress, TaskID, TextColumn, TimeRemainingColumn

from fallwatch.alarms.priority import is_technical
from fallwatch.core.message import Message
from fallwatch.core.types import Alarm, Analysis, EventKind, FallEvent
from fallwatch.dispatch.event_report import RaisedEvent, event_json
from fallwatch.headless.line_writer import LineWriter
from fallwatch.pipeline.monitor import MonitorState, MonitorStatus
from fallwatch.web.access.devices import Role
from fallwatch.web.page_service import PageService, is_local_address

#: Loading and stopping have lines of their own, and a fault at the start is the error.
_WORTH_A_LINE = (MonitorState.RUNNING, MonitorState.STALLED, MonitorState.FAULTED)


class ConsoleReport:
    """Reports of one or several rooms, on one thread.

    Args:
        console: On standard error.
    """

    def __init__(self, console: Console) -> None:
        self.events: list[FallEvent] = []
        self._console = console
        self._states: dict[str, MonitorState] = {}
        self._reported: set[str] = set()
        self._task: TaskID | None = None
        self._lines = LineWriter(self._on_output_failure)
        self._progress = Progress(
            TextColumn("{task.description}"),
            BarColumn(),
            TextColumn("{task.fields[at]}"),
            TimeRemainingColumn(),
            console=console,
            transient=True,
            disable=not console.is_terminal,
        )

    def __enter__(self) -> ConsoleReport:
        self._progress.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._progress.stop()

    def begin(self, room: str) -> None:
        """A room is about to be watched."""
        self._console.print(f"{escape(room)}: loading models")

    def leave(self, room: str) -> None:
        """A room is watched no more: it was taken out of the settings or switched off."""
        self._states.pop(room, None)
        self._console.print(f"{escape(room)}: no longer watched, by the settings")

    def end(self, room: str) -> None:
        """A room was watched in an orderly way until now."""
        down = [e for e in self.events if e.camera == room and e.kind is not EventKind.RECOVERED]
        count = len(down)
        self._console.print(f"{escape(room)}: {count} alarm{'s' * (count != 1)}")

    def warn(self, warning: Message) -> None:
        """Show what makes a verdict doubtful, if anything does."""
        if warning:
            self._console.print(f"[yellow]![/] {escape(str(warning))}", soft_wrap=True)

    def finish(self, stop: threading.Event) -> int:
        """Wait until all events are written, or ``stop`` is set; say how many are not.

        Returns:
            The number of events that are missing on standard output.
        """
        unwritten = self._lines.finish(stop)
        if unwritten:
            self._console.print(
                f"[yellow]![/] {unwritten} event{'s' * (unwritten != 1)} could not be written to "
                "standard output. The record has them: fallwatch events list"
            )
        return unwritten

    def on_event(self, raised: RaisedEvent) -> None:
        """Write an event as one JSON line, and for people."""
        event = raised.event
        self.events.append(event)
        # Written at once: who reads the pipe must not wait for a buffer to fill.
        self._lines.put(json.dumps(event_json(raised)))
        words = "; ".join(map(str, event.evidence))
        self._console.print(
            f"[bold]{event.kind.value}[/] at {event.started_s:.1f} s: {escape(words)}"
        )

    def on_analysis(self, analysis: Analysis, duration_s: float | None) -> None:
        """Show how far a clip has been analysed."""
        at_s = analysis.frame.timestamp_s
        if self._task is None:
            room = escape(analysis.frame.camera)
            self._task = self._progress.add_task(room, total=duration_s, at="")
        self._progress.update(self._task, completed=at_s, at=f"{at_s:.1f} s")

    def on_status(self, status: MonitorStatus) -> None:
        """Show that the state of a room has changed."""
        if status.state is self._states.get(status.camera) or status.state not in _WORTH_A_LINE:
            return
        self._states[status.camera] = status.state
        words = f": {status.message}" if status.message else ""
        self._console.print(f"{escape(status.camera)}: {status.state.value}{escape(words)}")

    def on_alarms(self, alarms: tuple[Alarm, ...]) -> None:
        """Show each technical alarm once; any thread."""
        for alarm in alarms:
            if is_technical(alarm.kind) and alarm.event_id not in self._reported:
                self._reported.add(alarm.event_id)
                words = "; ".join(map(str, alarm.evidence))
                self._console.print(f"[yellow]![/] {escape(f'{alarm.camera}: {words}')}")

    def visit(self, room: str, words: Message) -> None:
        """Show that a care visit began or ended."""
        self._console.print(escape(f"{room}: {words}"), soft_wrap=True)

    def open_at_start(self, alarms: tuple[Alarm, ...]) -> None:
        """Show what an earlier run has left unacknowledged."""
        for alarm in alarms:
            if not is_technical(alarm.kind):
                self._console.print(
                    f"[bold red]Not yet acknowledged:[/] {alarm.kind} in {escape(alarm.camera)}, "
                    f"{alarm.started_utc} (fallwatch events acknowledge {alarm.event_id})"
                )

    def page(self, page: PageService, pair: Role | None = None) -> None:
        """Show where the page for phones is, and how the first phone is let in.

        Args:
            page: As it is served.
            pair: What one more phone may do that is to be let in now; None for no other.
        """
        if page.problem is not None:
            self._console.print(f"[yellow]![/] {escape(str(page.problem))}", soft_wrap=True)
        if not page.address or page.problem is not None:
            return
        self._console.print(f"The page for phones: {escape(page.address)}", soft_wrap=True)
        if page.fingerprint:
            self._console.print(f"Its certificate (SHA-256): {page.fingerprint}", soft_wrap=True)
        if pair is None and page.devices.all():
            return
        code = page.pairing.begin(pair or "administer")
        is_here = is_local_address(page.address)
        whom = "a browser of this computer" if is_here else "a phone"
        self._console.print(
            f"To let {whom} in, open {escape(page.address)}/pair and enter "
            f"[bold]{code}[/] within five minutes.",
            soft_wrap=True,
        )
        if is_here:
            self._console.print(
                "No phone reaches the page: for that use fallwatch web --network, or reach = "
                '"network" in the settings\' table web.',
                soft_wrap=True,
            )

    def _on_output_failure(self, problem: str) -> None:
        self._console.print(
            f"[yellow]![/] Events cannot be written to standard output: {escape(problem)}. The "
            "watch goes on, alarms sound and are recorded."
        )
