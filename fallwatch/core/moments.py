"""Time stamps read into values: what is no moment is found where it comes in. Pure."""

from __future__ import annotations

import re
from datetime import datetime, timedelta, timezone

# Not \d: it takes the digits of every script.
_UTC = re.compile(r"([0-9]{4})-([0-9]{2})-([0-9]{2})T([0-9]{2}):([0-9]{2}):([0-9]{2})\.([0-9]{3})Z")

# Every computer can say these in its own time zone: not before 1970 on Windows, and neither end of
# the calendar anywhere.
_EARLIEST = datetime(1970, 1, 2, tzinfo=timezone.utc)
_LATEST = datetime(9999, 1, 1, tzinfo=timezone.utc)


def parse_utc(text: object) -> datetime:
    """Read a time stamp such as ``2026-03-01T02:14:07.250Z``.

    Returns:
        The moment, in UTC; it can be said in any time zone.

    Raises:
        ValueError: It is none, or a moment that no calendar has.
    """
    found = _UTC.fullmatch(text) if isinstance(text, str) else None
    if found is None:
        raise ValueError("it is no time stamp")
    *parts, milliseconds = (int(part) for part in found.groups())
    year, month, day, hour, minute, second = parts
    whole = datetime(year, month, day, hour, minute, second, tzinfo=timezone.utc)
    if not _EARLIEST <= whole < _LATEST:
        raise ValueError("no alarm is of that time")
    return whole + timedelta(milliseconds=milliseconds)
