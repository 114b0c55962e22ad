"""Housekeeping: deletes old events and recordings, as the settings ask for."""

from __future__ import annotations

from collections.abc import Callable

from fallwatch.events.store import EventStore
from fallwatch.events.times import utc_now
from fallwatch.recording.media import MediaFolder
from fallwatch.recording.retention import keep_house
from fallwatch.settings import Settings


def housekeeping(
    store: EventStore, media: MediaFolder, settings: Callable[[], Settings]
) -> Callable[[], None]:
    """What deletes old events and recordings, by the settings as they are when it is called."""

    def keep() -> None:
        record = settings().record
        days, megabytes = record.keep_days, record.keep_megabytes
        keep_house(store, media, now=utc_now(), keep_days=days, keep_megabytes=megabytes)

    return keep
