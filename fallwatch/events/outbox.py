"""The outbox: messages queued for recipients and what became of them, kept with the events."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import Enum

from fallwatch.core.message import NO_MESSAGE, Message
from fallwatch.core.types import AlarmState
from fallwatch.events.rows import message_of_text, text_of
from fallwatch.events.store import EventStore
from fallwatch.events.times import utc_now, utc_text

#: A letter that somebody is sending is left to them for so long; then they are taken for dead.
CLAIM = timedelta(seconds=45)

# SQLite allows at least so many values in one statement.
_MANY = 500


class Part(str, Enum):
    """What is sent: words at once, the snapshot when there is one; to some, that it is over."""

    TEXT = "text"
    PICTURE = "picture"
    END = "end"


class LetterState(str, Enum):
    """What became of a letter."""

    WAITING = "waiting"
    DELIVERED = "delivered"
    DROPPED = "dropped"


@dataclass(frozen=True, slots=True)
class QueuedMessage:
    """Something to be sent.

    Attributes:
        event_id: About which event.
        channel: To whom: the channel's name.
        part: Words or snapshot.
        occasion: Tells one trigger of the alarm from the next; each is told once.
        queued_utc: Since when it is to be sent.
        attempts: How often that was tried and failed.
    """

    event_id: str
    channel: str
    part: Part
    occasion: str
    queued_utc: str
    attempts: int = 0


@dataclass(frozen=True, slots=True)
class Delivery:
    """What became of a letter, for people.

    Attributes:
        letter: Which.
        state: Waiting, delivered or dropped.
        settled_utc: When it was delivered or dropped; None while it waits.
        problem: Why it was dropped, or why the last attempt failed; may be empty.
    """

    letter: QueuedMessage
    state: LetterState
    settled_utc: str | None
    problem: Message


_COLUMNS = "event_id, channel, part, occasion, queued_utc, attempts, state, settled_utc, problem"
_THIS = "WHERE event_id = ? AND channel = ? AND part = ? AND occasion = ?"


class Outbox:
    """The letters of all channels. May be used from any thread and several processes.

    A letter is marked as delivered after the channel has taken it, never before: a process killed
    between the two sends it again, and nothing else does.

    Args:
        store: The record of events; all methods raise its ``StoreError``.
        now: Wall clock, with time zone.
    """

    def __init__(self, store: EventStore, now: Callable[[], datetime] = utc_now) -> None:
        self._store = store
        self._now = now

    def put(self, event_id: str, channel: str, occasion: str, parts: Iterable[Part]) -> bool:
        """Have an event told on a channel, lastingly; once for each occasion.

        Words about a new occasion replace those of an older one that still wait. A snapshot is
        sent once for each event.

        Returns:
            True if there is something to send that was not there before.
        """
        queued = utc_text(self._now())
        new = False
        with self._store.transaction() as connection:
            for part in parts:
                again = (
                    "UPDATE SET occasion = excluded.occasion, queued_utc = excluded.queued_utc, "
                    "state = 'waiting', attempts = 0, claimed_utc = NULL, settled_utc = NULL, "
                    "problem = '' WHERE outbox.occasion != excluded.occasion"
                    if part is not Part.PICTURE
                    else "NOTHING"
                )
                changed = connection.execute(
                    "INSERT INTO outbox (event_id, channel, part, occasion, state, queued_utc) "
                    "VALUES (?, ?, ?, ?, 'waiting', ?) "
                    f"ON CONFLICT (event_id, channel, part) DO {again}",
                    (event_id, channel, part.value, occasion, queued),
                )
                new = new or changed.rowcount > 0
        return new

    def put_ends(self, channel: str) -> None:
        """Queue the ends of alarms that were delivered on a channel and are over or acknowledged.

        Once for each occasion; what the record says counts, so that no end is missed by a restart.
        """
        with self._store.reading() as connection:
            ended = connection.execute(
                "SELECT told.event_id, told.occasion FROM outbox AS told "
                "JOIN events USING (event_id) LEFT JOIN outbox AS ended "
                "ON ended.event_id = told.event_id AND ended.channel = told.channel "
                "AND ended.part = 'end' AND ended.occasion = told.occasion "
                "WHERE told.channel = ? AND told.part = 'text' AND told.state = 'delivered' "
                "AND events.state IN (?, ?) AND ended.number IS NULL",
                (channel, AlarmState.ACKNOWLEDGED.value, AlarmState.CLOSED.value),
            ).fetchall()
        for event_id, occasion in ended:
            self.put(event_id, channel, occasion, [Part.END])

    def waiting(self, channel: str) -> tuple[QueuedMessage, ...]:
        """What is to be sent on a channel: words first, then what was tried least, then the oldest.

        Those that keep failing so never keep back the others.
        """
        with self._store.reading() as connection:
            rows = connection.execute(
                f"SELECT {_COLUMNS} FROM outbox WHERE channel = ? AND state = 'waiting' "
                "ORDER BY part = 'picture', attempts, number",
                (channel,),
            ).fetchall()
        return tuple(_delivery_of(row).letter for row in rows)

    def claim(self, letter: QueuedMessage) -> bool:
        """Begin to send a letter; False if another process does so, or if it was sent meanwhile."""
        now = self._now()
        # A claim of the future was made before the clock was set back; it counts no more.
        since, until = utc_text(now - CLAIM), utc_text(now + timedelta(seconds=1))
        with self._store.transaction() as connection:
            claimed = connection.execute(
                f"UPDATE outbox SET claimed_utc = ? {_THIS} AND state = 'waiting' "
                "AND (claimed_utc IS NULL OR claimed_utc < ? OR claimed_utc > ?)",
                (utc_text(now), *_key(letter), since, until),
            )
        return claimed.rowcount > 0

    def delivered(self, letter: QueuedMessage) -> None:
        """The channel has taken a letter."""
        self._settle(letter, LetterState.DELIVERED, NO_MESSAGE)

    def dropped(self, letter: QueuedMessage, why: Message) -> None:
        """A letter is not sent any more."""
        self._settle(letter, LetterState.DROPPED, why)

    def failed(self, letter: QueuedMessage, problem: Message) -> None:
        """A letter could not be sent; it waits on."""
        with self._store.transaction() as connection:
            connection.execute(
                "UPDATE outbox SET attempts = attempts + 1, claimed_utc = NULL, problem = ? "
                f"{_THIS} AND state = 'waiting'",
                (text_of(problem), *_key(letter)),
            )

    def drop_all(self, channel: str, why: Message) -> int:
        """Send nothing more on a channel; returns how many letters waited."""
        with self._store.transaction() as connection:
            dropped = connection.execute(
                "UPDATE outbox SET state = 'dropped', settled_utc = ?, problem = ? "
                "WHERE channel = ? AND state = 'waiting'",
                (utc_text(self._now()), text_of(why), channel),
            )
        return dropped.rowcount

    def deliveries(self, event_ids: Sequence[str]) -> dict[str, tuple[Delivery, ...]]:
        """What became of the letters about some events, by event id; no entry where none is."""
        found: dict[str, tuple[Delivery, ...]] = {}
        with self._store.reading() as connection:
            for start in range(0, len(event_ids), _MANY):
                some = event_ids[start : start + _MANY]
                marks = ", ".join("?" * len(some))
                for row in connection.execute(
                    f"SELECT {_COLUMNS} FROM outbox WHERE event_id IN ({marks}) ORDER BY number",
                    tuple(some),
                ):
                    delivery = _delivery_of(row)
                    event_id = delivery.letter.event_id
                    found[event_id] = (*found.get(event_id, ()), delivery)
        return found

    def of_channel(self, channel: str, limit: int = 100) -> tuple[Delivery, ...]:
        """What became of the latest letters on a channel, newest first."""
        with self._store.reading() as connection:
            rows = connection.execute(
                f"SELECT {_COLUMNS} FROM outbox WHERE channel = ? ORDER BY number DESC LIMIT ?",
                (channel, limit),
            ).fetchall()
        return tuple(_delivery_of(row) for row in rows)

    def _settle(self, letter: QueuedMessage, state: LetterState, problem: Message) -> None:
        with self._store.transaction() as connection:
            connection.execute(
                f"UPDATE outbox SET state = ?, settled_utc = ?, problem = ? {_THIS}",
                (state.value, utc_text(self._now()), text_of(problem), *_key(letter)),
            )


def _key(letter: QueuedMessage) -> tuple[str, str, str, str]:
    return letter.event_id, letter.channel, letter.part.value, letter.occasion


def _delivery_of(row: sqlite3.Row | tuple[str, ...]) -> Delivery:
    event_id, channel, part, occasion, queued, attempts, state, settled, problem = row
    letter = QueuedMessage(event_id, channel, Part(part), occasion, queued, int(attempts))
    return Delivery(letter, LetterState(state), settled, message_of_text(problem))
