"""Retention of events and their recordings. What nobody has acknowledged always stays."""

from __future__ import annotations

import logging
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from fallwatch.core.message import Message
from fallwatch.core.types import Alarm, AlarmState
from fallwatch.events.store import EventStore
from fallwatch.events.times import utc_text
from fallwatch.recording.media import MediaFolder

_log = logging.getLogger(__name__)

_BY = "retention"

# Nobody has answered these.
_WAITING = (AlarmState.UNACKNOWLEDGED, AlarmState.RETURNED_UNACKNOWLEDGED)


@dataclass(frozen=True, slots=True)
class Eviction:
    """What has to go.

    Attributes:
        events: Ids of events that are too old; they go with their recordings.
        recordings: Ids whose recordings go because all take too much; the events stay.
    """

    events: tuple[str, ...] = ()
    recordings: tuple[str, ...] = ()


def plan(
    alarms: Iterable[Alarm],
    sizes: Mapping[str, int],
    *,
    now: datetime,
    keep_days: int,
    keep_bytes: int,
) -> Eviction:
    """What has to go, oldest first.

    Args:
        alarms: All events of the record.
        sizes: Bytes that the recordings take, by event id. What belongs to no event, left over
            from a record that was lost, is the first to go.
        now: The present, with a time zone.
        keep_days: Older events go.
        keep_bytes: What all recordings may take together.
    """
    ordered = sorted(alarms, key=lambda alarm: (alarm.started_utc, alarm.event_id))
    answered = [alarm for alarm in ordered if alarm.state not in _WAITING]
    oldest_utc = utc_text(now - timedelta(days=keep_days))
    too_old = [alarm.event_id for alarm in answered if alarm.started_utc < oldest_utc]
    known = {alarm.event_id for alarm in ordered}
    strays = sorted(event_id for event_id in sizes if event_id not in known)
    going = set(too_old)
    total = sum(size for event_id, size in sizes.items() if event_id not in going)
    too_much = []
    for event_id in (*strays, *(alarm.event_id for alarm in answered)):
        if total <= keep_bytes:
            break
        if event_id in sizes and event_id not in going:
            too_much.append(event_id)
            total -= sizes[event_id]
    return Eviction(tuple(too_old), tuple(too_much))


def keep_house(
    store: EventStore, media: MediaFolder, *, now: datetime, keep_days: int, keep_megabytes: int
) -> Eviction:
    """Delete what has to go; what somebody has open stays, with its event, until next time.

    Returns:
        What was deleted.

    Raises:
        fallwatch.events.store.StoreError: The record cannot be read or written.
    """
    eviction = plan(
        store.all(),
        media.sizes(),
        now=now,
        keep_days=keep_days,
        keep_bytes=keep_megabytes * 1_000_000,
    )
    eviction = Eviction(_deleted(media, eviction.events), _deleted(media, eviction.recordings))
    for event_id in eviction.events:
        store.delete(event_id, what=Message("deleted: older than is kept"), by=_BY)
    for event_id in eviction.recordings:
        store.note(event_id, what=Message("recordings deleted: they took too much room"), by=_BY)
    if eviction != Eviction():
        gone = len(eviction.events), len(eviction.recordings)
        _log.info("Deleted %d old events and the recordings of %d more.", *gone)
    return eviction


def _deleted(media: MediaFolder, event_ids: Iterable[str]) -> tuple[str, ...]:
    """Delete recordings; the ids of those that are gone."""
    gone = []
    for event_id in event_ids:
        try:
            media.delete(event_id)
        except OSError as error:
            _log.warning("The recordings of event %s cannot be deleted (%s).", event_id, error)
        else:
            gone.append(event_id)
    return tuple(gone)
