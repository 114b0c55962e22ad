"""Minutes of a day in each room: who was in view, and whether it was watched. One file a day."""

from __future__ import annotations

import json
import logging
from collections.abc import Iterator, Mapping
from datetime import date, datetime
from enum import Enum
from pathlib import Path

from fallwatch.system.files import write_private

_log = logging.getLogger(__name__)

MINUTES_A_DAY = 1440

_VERSION = 1


class Minute(Enum):
    """What a minute was like. Of several things in it the last in this list counts."""

    UNKNOWN = "."
    WATCHED = "-"
    PAUSED = "z"
    FAULT = "f"
    PERSON = "p"
    LYING = "l"


_RANK = {minute.value: rank for rank, minute in enumerate(Minute)}


class DayOccupancy:
    """The minutes of one day by room, in local time. Of the hour that comes twice, both count.

    Args:
        rooms: What is known already: 1440 letters for each room, see `Minute`.
    """

    def __init__(self, rooms: Mapping[str, str] | None = None) -> None:
        self._rooms = {name: list(minutes) for name, minutes in (rooms or {}).items()}

    @property
    def rooms(self) -> dict[str, str]:
        """1440 letters for each room."""
        return {name: "".join(minutes) for name, minutes in self._rooms.items()}

    def see(self, room: str, minute: Minute, now: datetime) -> bool:
        """Take in what is so now; returns whether that was news."""
        minutes = self._rooms.setdefault(room, [Minute.UNKNOWN.value] * MINUTES_A_DAY)
        place = now.hour * 60 + now.minute
        if _RANK[minute.value] <= _RANK[minutes[place]]:
            return False
        minutes[place] = minute.value
        return True


class OccupancyFiles:
    """One file for each day. Reads and writes: not on the window's thread.

    Args:
        folder: Made when something is written.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def read(self, day: date) -> dict[str, str]:
        """The minutes of each room; empty if nothing readable was kept of that day."""
        try:
            data = json.loads(self._path(day).read_text(encoding="utf-8"))
            rooms = {str(name): str(minutes) for name, minutes in data["rooms"].items()}
        except FileNotFoundError:
            return {}
        except (OSError, ValueError, KeyError, TypeError, AttributeError) as error:
            _log.warning("The minutes of %s cannot be read: %s", day, error)
            return {}
        return {name: minutes for name, minutes in rooms.items() if _is_whole(minutes)}

    def write(self, day: date, rooms: Mapping[str, str]) -> None:
        """Replace the file of a day.

        Raises:
            OSError: It cannot be written.
        """
        self._folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        content = json.dumps({"version": _VERSION, "rooms": dict(rooms)}, ensure_ascii=False)
        write_private(self._path(day), content.encode())

    def days(self) -> Iterator[date]:
        """The days of which there is a file, in no order."""
        for path in self._folder.glob("*.json"):
            try:
                yield date.fromisoformat(path.stem)
            except ValueError:
                continue

    def forget_before(self, day: date) -> None:
        """Delete the files of earlier days.

        Raises:
            OSError: One cannot be deleted.
        """
        for each in list(self.days()):
            if each < day:
                self._path(each).unlink(missing_ok=True)

    def _path(self, day: date) -> Path:
        return self._folder / f"{day.isoformat()}.json"


def _is_whole(minutes: str) -> bool:
    return len(minutes) == MINUTES_A_DAY and set(minutes) <= set(_RANK)
