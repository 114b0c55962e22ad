"""Asking the record for some of its events."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class EventQuery:
    """Which events are wanted; None leaves a thing open.

    Attributes:
        since_utc: Began then or later; ISO 8601 in UTC with milliseconds, ending in ``Z``.
        until_utc: Began before then.
        camera: Name of the camera or clip.
        kind: Such as ``fall``.
        outcome: What it turned out to be, such as ``false alarm``; empty for what nobody has said.
        limit: How many at most, newest first.
    """

    since_utc: str | None = None
    until_utc: str | None = None
    camera: str | None = None
    kind: str | None = None
    outcome: str | None = None
    limit: int = 1000

    def where(self) -> tuple[str, tuple[str | int, ...]]:
        """As SQL after the table's name, with the values to fill in."""
        conditions = {
            "started_utc >= ?": self.since_utc,
            "started_utc < ?": self.until_utc,
            "camera = ?": self.camera,
            "kind = ?": self.kind,
            "outcome = ?": self.outcome,
        }
        wanted = {sql: value for sql, value in conditions.items() if value is not None}
        where = f"WHERE {' AND '.join(wanted)} " if wanted else ""
        order = "ORDER BY rowid DESC LIMIT ?"
        return where + order, (*wanted.values(), self.limit)
