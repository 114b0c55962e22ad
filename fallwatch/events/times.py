"""Time stamps as the record writes them."""

from __future__ import annotations

from datetime import datetime, timezone


def utc_now() -> datetime:
    """The wall clock."""
    return datetime.now(timezone.utc)


def utc_text(moment: datetime) -> str:
    """ISO 8601 in UTC with milliseconds, such as ``2026-01-31T03:04:05.678Z``.

    Args:
        moment: With a time zone.
    """
    text = moment.astimezone(timezone.utc).isoformat(timespec="milliseconds")
    return text.replace("+00:00", "Z")
