"""``fallwatch events``: the record of alarms on the console."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime
from typing import TYPE_CHECKING, Annotated

import typer
from rich.markup import escape

from fallwatch.cli.failing import EXIT_STATUS, fail

if TYPE_CHECKING:
    from fallwatch.core.types import Alarm
    from fallwatch.events.outbox import Delivery
    from fallwatch.events.store import EventStore

#: So much of an id is shown and typed, or more where two would be alike.
_SHORTEST_ID = 6

events_app = typer.Typer(help="List past alarms, and acknowledge open ones.", no_args_is_help=True)


@events_app.command("list", epilog=EXIT_STATUS)
def list_events(
    limit: Annotated[int, typer.Option(help="How many, newest first.", min=1)] = 20,
    as_json: Annotated[
        bool, typer.Option("--json", help="One JSON object per line, with times in UTC.")
    ] = False,
) -> None:
    """Show recorded alarms, newest first, in this computer's time.

    Ids are shortened: acknowledge takes them as they are shown.
    """
    from fallwatch.events.outbox import Outbox

    with _store() as store:
        alarms = store.recent(limit)
        deliveries = Outbox(store).deliveries([alarm.event_id for alarm in alarms])
        lengths = {} if as_json else _id_lengths(store, alarms)
    if as_json:
        from dataclasses import asdict

        for alarm in alarms:
            told = [_delivery(each) for each in deliveries.get(alarm.event_id, ())]
            words = {"evidence": [str(line) for line in alarm.evidence], "deliveries": told}
            typer.echo(json.dumps(asdict(alarm) | words))
        return
    _print_table(alarms, deliveries, lengths)


def _print_table(
    alarms: Sequence[Alarm],
    deliveries: dict[str, tuple[Delivery, ...]],
    lengths: dict[str, int],
) -> None:
    from rich.console import Console
    from rich.table import Table

    from fallwatch.alarms.messages.wording import message_about
    from fallwatch.events.times import utc_now
    from fallwatch.runtime.recipients import delivery_words

    now = utc_now().astimezone()
    table = Table(box=None, padding=(0, 2, 0, 0))
    for heading in ("id", "when"):
        table.add_column(heading, no_wrap=True)
    for heading in ("what", "state", *(["messages"] if deliveries else [])):
        table.add_column(heading, overflow="fold")
    for alarm in alarms:
        row = [
            alarm.event_id[: lengths[alarm.event_id]],
            _when(alarm, now),
            message_about(alarm, now).title,
            _state(alarm),
        ]
        if deliveries:
            row.append(delivery_words(deliveries.get(alarm.event_id, ())))
        table.add_row(*map(escape, row))
    Console(emoji=False).print(table if alarms else "No alarm has been recorded yet.")


def _when(alarm: Alarm, now: datetime) -> str:
    """The minute it began, in the time zone of ``now``."""
    from fallwatch.core.moments import parse_utc

    try:
        began = parse_utc(alarm.started_utc).astimezone(now.tzinfo)
    except (ValueError, OverflowError, OSError):
        return "unknown"
    return f"{began:%Y-%m-%d %H:%M}"


def _state(alarm: Alarm) -> str:
    from fallwatch.alarms.lifecycle import ENDS_BY_ITSELF
    from fallwatch.alarms.priority import BEGUN_KINDS, ENDED_KINDS
    from fallwatch.core.types import AlarmState

    by = alarm.acknowledged_by
    if alarm.kind in BEGUN_KINDS | ENDED_KINDS:
        words = "begun" if alarm.kind in BEGUN_KINDS else "ended"
        return f"{words} by {by}" if by else words
    if alarm.state is AlarmState.CLOSED and by and by not in ENDS_BY_ITSELF:
        return f"over, acknowledged by {by}"
    words = {
        AlarmState.UNACKNOWLEDGED: "NOT ACKNOWLEDGED",
        AlarmState.RETURNED_UNACKNOWLEDGED: "over, NOT ACKNOWLEDGED",
        AlarmState.ACKNOWLEDGED: "acknowledged",
        AlarmState.CLOSED: "over",
    }[alarm.state]
    return f"{words}, by {by}" if by else words


def _id_lengths(store: EventStore, alarms: Sequence[Alarm]) -> dict[str, int]:
    """How much of each id has to be shown, so that it means no other event."""
    known = sorted(store.ids())
    lengths = {}
    for place, event_id in enumerate(known):
        beside = [known[i] for i in (place - 1, place + 1) if 0 <= i < len(known)]
        lengths[event_id] = max(_SHORTEST_ID, *(_shared(event_id, each) + 1 for each in beside), 0)
    return {alarm.event_id: lengths.get(alarm.event_id, len(alarm.event_id)) for alarm in alarms}


def _shared(one: str, other: str) -> int:
    """How many characters two ids begin with alike."""
    pairs = enumerate(zip(one, other, strict=False))
    return next((place for place, (a, b) in pairs if a != b), min(len(one), len(other)))


def _delivery(delivery: Delivery) -> dict[str, object]:
    return {
        "channel": delivery.letter.channel,
        "part": delivery.letter.part.value,
        "state": delivery.state.value,
        "queued_utc": delivery.letter.queued_utc,
        "settled_utc": delivery.settled_utc,
        "attempts": delivery.letter.attempts,
        "problem": str(delivery.problem),
    }


@events_app.command("acknowledge", epilog=EXIT_STATUS)
def acknowledge_event(
    event_id: Annotated[
        str, typer.Argument(help="As fallwatch events list shows it, or more of it.")
    ],
) -> None:
    """Acknowledge an alarm. A running watcher falls silent within a few seconds."""
    from fallwatch.alarms import lifecycle
    from fallwatch.core.message import Message
    from fallwatch.events.times import utc_now, utc_text

    with _store() as store:
        alarm = _the_one(store, event_id.strip())
        if not lifecycle.is_unacknowledged(alarm):
            typer.echo(f"{event_id} is {alarm.state.value} already.", err=True)
            return
        by = "command line"
        acknowledged = lifecycle.acknowledge(alarm, by, utc_text(utc_now()))
        store.update(acknowledged, what=Message("acknowledged"), by=by)
    typer.echo(f"{event_id} is acknowledged.", err=True)


def _the_one(store: EventStore, beginning: str) -> Alarm:
    """The alarm whose id begins so."""
    found = [each for each in store.ids() if beginning and each.startswith(beginning)]
    if beginning in found:
        found = [beginning]
    if len(found) > 1:
        fail(f"{len(found)} alarms have ids that begin with {beginning}. Type more of it.")
    alarm = store.get(found[0]) if found else None
    if alarm is None:
        fail(f"There is no alarm {beginning}. See: fallwatch events list")
    return alarm


@contextmanager
def _store() -> Iterator[EventStore]:
    from fallwatch import paths
    from fallwatch.events.store import STORE_FILE, EventStore, StoreError

    store = EventStore(paths.data_dir() / STORE_FILE)
    try:
        yield store
    except StoreError as error:
        fail(str(error))
    finally:
        store.close()
