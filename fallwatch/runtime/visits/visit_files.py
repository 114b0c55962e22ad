"""Files of the care visits, so that they outlive a restart and other programs know of them."""

from __future__ import annotations

import json
import logging
from dataclasses import asdict, dataclass, replace
from pathlib import Path

from fallwatch.core.types import EventKind
from fallwatch.runtime.guards.room_locks import file_stem
from fallwatch.system.files import write_private

_log = logging.getLogger(__name__)

#: Below the folder of the record: one file for each room that is visited.
VISITS_FOLDER = "visits"

_UNREADABLE = (OSError, ValueError, KeyError, TypeError, RecursionError)


@dataclass(frozen=True, slots=True)
class KeptVisit:
    """A visit as it is kept.

    Attributes:
        room: Where.
        by: Who.
        begun_unix_s: When it began, seconds since 1970 UTC.
        until_unix_s: When it ends at the latest.
        held: Kinds of the events whose alarms are held back.
    """

    room: str
    by: str
    begun_unix_s: float
    until_unix_s: float
    held: tuple[EventKind, ...] = ()


class VisitFiles:
    """One file for each room. What fails is logged: without a file a restart ends the visit early.

    Args:
        folder: Made when something is written.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def write(self, room: str, by: str, begun_unix_s: float, until_unix_s: float) -> None:
        """Keep a visit."""
        self._write(KeptVisit(room, by, begun_unix_s, until_unix_s))

    def keep_held(self, room: str, held: tuple[EventKind, ...]) -> None:
        """Keep which alarms of a visit are held back."""
        visit = self.read(room)
        if visit is not None and visit.held != held:
            self._write(replace(visit, held=held))

    def _write(self, visit: KeptVisit) -> None:
        try:
            write_private(self._path(visit.room), json.dumps(asdict(visit)).encode())
        except OSError as error:
            _log.warning("A care visit cannot be kept for a restart: %s", error)

    def forget(self, room: str) -> None:
        """A visit is over."""
        try:
            self._path(room).unlink(missing_ok=True)
        except OSError as error:
            _log.warning("A care visit that is over cannot be forgotten: %s", error)

    def read(self, room: str) -> KeptVisit | None:
        """The visit that an earlier run has left; a damaged file is none, and goes."""
        try:
            return _read(self._path(room))
        except FileNotFoundError:
            return None
        except _UNREADABLE as error:
            _log.warning("A care visit of an earlier run cannot be read: %s", error)
            self.forget(room)
            return None

    def now(self, now_unix_s: float) -> dict[str, KeptVisit]:
        """The visits that all watchers of this computer have written, and which last, by room."""
        found = {}
        for path in sorted(self._folder.glob("*.json")):
            try:
                visit = _read(path)
            except _UNREADABLE as error:
                _log.warning("%s cannot be read: %s", path, error)
                continue
            if visit.until_unix_s > now_unix_s:
                found[visit.room] = visit
        return found

    def _path(self, room: str) -> Path:
        return self._folder / f"{file_stem(room)}.json"


def _read(path: Path) -> KeptVisit:
    values = json.loads(path.read_text(encoding="utf-8"))
    return KeptVisit(
        str(values["room"]),
        str(values["by"]),
        float(values["begun_unix_s"]),
        float(values["until_unix_s"]),
        tuple(map(EventKind, values.get("held", ()))),
    )
