"""Room states: for other programs on this computer, whether each room is watched at this moment."""

from __future__ import annotations

import json
import logging
import threading
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

from fallwatch.core.message import Message
from fallwatch.core.moments import parse_utc
from fallwatch.events.times import utc_now, utc_text
from fallwatch.pipeline.health.status import MonitorState, MonitorStatus
from fallwatch.pipeline.worker import Worker
from fallwatch.runtime.guards.room_locks import file_stem
from fallwatch.system.files import replace_patiently

_log = logging.getLogger(__name__)

#: Below the folder of the record.
STATES_FOLDER = "watching"

#: How often the state of a room is written, in seconds.
WRITE_EVERY_S = 3.0

#: A state that is older counts no more: whoever wrote it hangs or is gone.
STALE_AFTER = timedelta(seconds=15)


@dataclass(frozen=True, slots=True)
class RoomState:
    """How one room is watched.

    Attributes:
        room: Its name.
        watched: Whether somebody who falls there is seen.
        reason: If not, why, as a sentence; empty if it is.
        at: When that was so; in UTC.
        paused: Whether somebody paused it: nobody is to watch it now.
    """

    room: str
    watched: bool
    reason: str
    at: datetime
    paused: bool = False


class RoomStates:
    """Keeps a small file for each room that this process watches.

    Statuses come from the monitors' watchdogs, which must not wait for a disk: they are written
    on a thread of its own. A room whose watchdog hangs is written no more, and so becomes stale.

    Args:
        folder: Where the files lie; made when the first is written.
        now: Wall clock, with time zone.
    """

    def __init__(self, folder: Path, now: Callable[[], datetime] = utc_now) -> None:
        self._folder, self._now = folder, now
        self._lock = threading.Lock()
        self._news: dict[str, RoomState | None] = {}
        self._paused: set[str] = set()
        self._failed = False
        self._worker = Worker("room states", self._run, lambda error: True)

    def start(self) -> None:
        """Begin to write; once only."""
        self._worker.start()

    def see(self, status: MonitorStatus) -> None:
        """The newest status of a room, about once a second; any thread. Never waits."""
        watched = status.state is MonitorState.RUNNING and not status.faults
        words = status.faults[0].message if status.faults else status.message
        reason = "" if watched else str(words) or status.state.value
        with self._lock:
            self._paused.discard(status.camera)
            self._news[status.camera] = RoomState(status.camera, watched, reason, self._now())

    def pause(self, room: str, by: str, until_unix_s: float) -> None:
        """A room is paused; to be told again and again while it lasts. Never waits."""
        until = datetime.fromtimestamp(until_unix_s).astimezone()
        reason = str(Message("Paused by {0} until {1}.", (by, f"{until:%H:%M}")))
        with self._lock:
            self._paused.add(room)
            self._news[room] = RoomState(room, False, reason, self._now(), paused=True)

    def end(self, room: str) -> None:
        """A room is not watched any more. Never waits."""
        with self._lock:
            self._paused.discard(room)
            self._news[room] = None

    def stop(self, timeout_s: float = 1.0) -> list[str]:
        """Write what is still to be written and end the thread.

        Returns:
            Name of the thread if it did not end in time.
        """
        with self._lock:
            # Whoever paused them ends, too.
            self._news.update(dict.fromkeys(self._paused))
        return self._worker.end_with(self.write, timeout_s)

    def write(self) -> None:
        """Write what is new. A folder that cannot be written keeps nobody from watching."""
        with self._lock:
            news, self._news = self._news, {}
        for room, state in news.items():
            path = self._folder / f"{file_stem(room)}.json"
            try:
                if state is None:
                    path.unlink(missing_ok=True)
                else:
                    self._put(path, state)
            except OSError as error:
                if not self._failed:
                    _log.warning("How rooms are watched cannot be written: %s", error)
                self._failed = True

    def _put(self, path: Path, state: RoomState) -> None:
        """At any moment the old or the new file is whole; it need not survive a power cut."""
        values = {
            "room": state.room,
            "watched": state.watched,
            "reason": state.reason,
            "at_utc": utc_text(state.at),
            "paused": state.paused,
        }
        self._folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        new = path.with_suffix(".new")
        new.write_text(json.dumps(values), encoding="utf-8")
        replace_patiently(new, path)

    def _run(self) -> None:
        while not self._worker.stopping.wait(WRITE_EVERY_S):
            self.write()


def read_room_states(folder: Path) -> dict[str, RoomState]:
    """What the watchers of this computer have written, by room; unreadable files are left out."""
    states = {}
    for path in sorted(folder.glob("*.json")):
        try:
            values = json.loads(path.read_text(encoding="utf-8"))
            state = RoomState(
                str(values["room"]),
                values["watched"] is True,
                str(values["reason"]),
                parse_utc(values["at_utc"]),
                values.get("paused") is True,
            )
        except (OSError, ValueError, KeyError, TypeError, AttributeError, RecursionError) as error:
            _log.warning("%s cannot be read: %s", path, error)
            continue
        states[state.room] = state
    return states


def states_now(
    wanted: Iterable[str], written: dict[str, RoomState], now: datetime
) -> list[RoomState]:
    """How every room is watched at this moment.

    Args:
        wanted: Names of the rooms that are to be watched.
        written: See `read_room_states`. Other rooms in there count while they are fresh: they are
            watched by their address.
        now: The present, with time zone.

    Returns:
        The rooms that are to be watched, in their order, then the others.
    """
    wanted = tuple(wanted)
    fresh = {room for room, state in written.items() if abs(now - state.at) <= STALE_AFTER}
    others = [room for room in written if room in fresh and room not in wanted]
    return [_state_now(room, written.get(room), room in fresh, now) for room in (*wanted, *others)]


def _state_now(room: str, written: RoomState | None, fresh: bool, now: datetime) -> RoomState:
    if written is None:
        words = Message("No fallwatch on this computer watches it now.")
        return RoomState(room, False, str(words), now)
    if fresh:
        return written
    seconds = abs((now - written.at).total_seconds())
    words = Message("Its watcher has given no word for {0} seconds.", (f"{seconds:.0f}",))
    return RoomState(room, False, str(words), written.at)
