"""Since when an alarm has been unacknowledged, from its history in the record. Pure."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from fallwatch.core.moments import parse_utc
from fallwatch.events.store import HistoryEntry

# What the history says of an acknowledgement, here or at the alarm's own computer, begins so.
_ACKNOWLEDGED = ("acknowledged", "there: acknowledged")


def waiting_since(history: Iterable[HistoryEntry]) -> datetime | None:
    """When an alarm that nobody has acknowledged was raised, or raised again after that.

    Args:
        history: All that happened to the alarm, oldest first.

    Returns:
        In UTC; None if the history does not say it.
    """
    began: str | None = None
    for entry in history:
        if entry.what.template.startswith(_ACKNOWLEDGED):
            began = None
        elif began is None:
            began = entry.at_utc
    try:
        return None if began is None else parse_utc(began)
    except ValueError:
        return None
