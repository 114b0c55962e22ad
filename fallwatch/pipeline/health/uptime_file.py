"""Keeps today's figures of every room, so that they survive a restart or a crash."""

from __future__ import annotations

import json
import logging
from collections.abc import Mapping
from datetime import date, datetime
from pathlib import Path
from typing import Any

from fallwatch.core.message import from_json, to_json
from fallwatch.pipeline.health.uptime import Gap, UptimeRecord
from fallwatch.system.files import write_private

_log = logging.getLogger(__name__)

#: Name of the file in ``paths.data_dir()``.
UPTIME_FILE = "watched_today.json"

_VERSION = 1


class UptimeFile:
    """The file of one day. Reads and writes: not on the window's thread.

    The window and a watcher without one may write it by turns, each for the rooms it watches.
    It is a convenience: without it the day's figures begin again, and nothing else is lost.

    Args:
        path: The file; its folder is made if it is missing.
    """

    def __init__(self, path: Path) -> None:
        self._path = path

    def read(self, today: date) -> dict[str, UptimeRecord]:
        """The records of the rooms, by name; empty if they are of another day or unreadable."""
        try:
            data = json.loads(self._path.read_text(encoding="utf-8"))
            records = {str(name): _record_of(value) for name, value in data["rooms"].items()}
        except FileNotFoundError:
            return {}
        except (OSError, ValueError, KeyError, TypeError, AttributeError) as error:
            _log.warning("Today's figures in %s cannot be read: %s", self._path, error)
            return {}
        return {name: each for name, each in records.items() if each.last.date() == today}

    def write(self, records: Mapping[str, UptimeRecord]) -> None:
        """Replace the file; at any moment either the old or the new one is complete.

        Of a room that others have written of, too, the record counts of who has watched it longer.
        """
        merged = dict(records)
        for day in {record.last.date() for record in records.values()}:
            for name, theirs in self.read(day).items():
                ours = merged.get(name)
                if ours is None or ours.watched_s < theirs.watched_s:
                    merged[name] = theirs
        data = {
            "version": _VERSION,
            "rooms": {name: _written(record) for name, record in merged.items()},
        }
        try:
            write_private(self._path, json.dumps(data).encode())
        except OSError as error:
            # Alarms and their record say more about a full disk; these are figures.
            _log.warning("Today's figures cannot be kept in %s: %s", self._path, error)


def _written(record: UptimeRecord) -> dict[str, object]:
    return {
        "since": record.since.isoformat(),
        "last": record.last.isoformat(),
        "watched_s": round(record.watched_s, 3),
        "gaps": [
            {
                "began": gap.began.isoformat(),
                "ended": None if gap.ended is None else gap.ended.isoformat(),
                "reason": to_json(gap.reason),
            }
            for gap in record.gaps
        ],
    }


def _record_of(data: Any) -> UptimeRecord:
    gaps = tuple(
        Gap(
            _moment(gap["began"]),
            None if gap["ended"] is None else _moment(gap["ended"]),
            from_json(gap["reason"]),
        )
        for gap in data["gaps"]
    )
    watched_s = float(data["watched_s"])
    return UptimeRecord(_moment(data["since"]), _moment(data["last"]), watched_s, gaps)


def _moment(text: str) -> datetime:
    moment = datetime.fromisoformat(text)
    if moment.tzinfo is None:
        raise ValueError(f"{text} has no time zone")
    return moment
