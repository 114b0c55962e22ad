from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta, timezone
from pathlib import Path

import pytest

from fallwatch.core.message import Message
from fallwatch.core.types import AlarmState
from fallwatch.events.outbox import CLAIM, LetterState, Outbox, Part, QueuedMessage
from fallwatch.events.store import EventStore, StoreError
from tests.alarms.builders import make_alarm

BOTH = (Part.TEXT, Part.PICTURE)


class WallClock:
    def __init__(self) -> None:
        self.now = datetime(2026, 1, 31, 3, 4, 5, tzinfo=timezone.utc)

    def __call__(self) -> datetime:
        return self.now


@pytest.fixture
def clock() -> WallClock:
    return WallClock()


@pytest.fixture
def store(tmp_path: Path) -> Iterator[EventStore]:
    store = EventStore(tmp_path / "events.db")
    yield store
    store.close()


@pytest.fixture
def outbox(store: EventStore, clock: WallClock) -> Outbox:
    return Outbox(store, clock)


def only(outbox: Outbox) -> QueuedMessage:
    (letter,) = outbox.waiting("Anna")
    return letter


def test_an_alarm_told_again_and_again_is_one_letter(outbox: Outbox) -> None:
    assert outbox.put("a", "Anna", "fell", [Part.TEXT])
    assert not outbox.put("a", "Anna", "fell", [Part.TEXT])
    letter = only(outbox)
    assert (letter.event_id, letter.channel, letter.part) == ("a", "Anna", Part.TEXT)
    outbox.delivered(letter)
    assert not outbox.put("a", "Anna", "fell", [Part.TEXT])
    assert outbox.waiting("Anna") == ()


def test_each_channel_has_its_own_letters(outbox: Outbox) -> None:
    outbox.put("a", "Anna", "fell", [Part.TEXT])
    outbox.put("a", "Ben", "fell", [Part.TEXT])
    outbox.delivered(only(outbox))
    assert [each.channel for each in outbox.waiting("Ben")] == ["Ben"]


def test_a_new_trigger_is_told_again_in_words_and_its_snapshot_is_sent_once(outbox: Outbox) -> None:
    outbox.put("a", "Anna", "fell", BOTH)
    for letter in outbox.waiting("Anna"):
        outbox.delivered(letter)
    assert outbox.put("a", "Anna", "still lies there", BOTH)
    assert [(each.part, each.occasion) for each in outbox.waiting("Anna")] == [
        (Part.TEXT, "still lies there")
    ]


def test_words_that_wait_are_replaced_by_newer_ones(outbox: Outbox) -> None:
    outbox.put("a", "Anna", "fell", [Part.TEXT])
    old = only(outbox)
    outbox.put("a", "Anna", "still lies there", [Part.TEXT])
    outbox.delivered(old)  # It was on its way when the person was found still lying there.
    assert only(outbox).occasion == "still lies there"


def test_words_come_before_snapshots_and_what_fails_behind_what_was_not_tried(
    outbox: Outbox,
) -> None:
    for event_id in ("a", "b"):
        outbox.put(event_id, "Anna", "fell", BOTH)
    outbox.failed(outbox.waiting("Anna")[0], Message("Too long."))
    order = [(each.event_id, each.part) for each in outbox.waiting("Anna")]
    assert order == [
        ("b", Part.TEXT),
        ("a", Part.TEXT),
        ("a", Part.PICTURE),
        ("b", Part.PICTURE),
    ]


def test_two_processes_do_not_send_the_same_letter(outbox: Outbox, clock: WallClock) -> None:
    outbox.put("a", "Anna", "fell", [Part.TEXT])
    letter = only(outbox)
    assert outbox.claim(letter)
    assert not outbox.claim(letter)
    outbox.failed(letter, Message("No network."))
    assert outbox.claim(letter)
    outbox.delivered(letter)
    assert not outbox.claim(letter)


@pytest.mark.parametrize("later", [CLAIM + timedelta(seconds=1), timedelta(hours=-1)])
def test_the_claim_of_a_killed_process_ends_also_if_the_clock_is_set_back(
    outbox: Outbox, clock: WallClock, later: timedelta
) -> None:
    outbox.put("a", "Anna", "fell", [Part.TEXT])
    assert outbox.claim(only(outbox))
    clock.now += later
    assert outbox.claim(only(outbox))


def test_what_became_of_each_letter_can_be_asked(outbox: Outbox, clock: WallClock) -> None:
    outbox.put("a", "Anna", "fell", BOTH)
    outbox.put("b", "Anna", "fell", [Part.TEXT])
    first, second, snapshot = outbox.waiting("Anna")
    outbox.delivered(first)
    outbox.failed(second, Message("No network."))
    outbox.dropped(snapshot, Message("There is none."))
    found = outbox.deliveries(["a", "b", "c"])
    assert set(found) == {"a", "b"}
    words, image = found["a"]
    assert (words.state, words.settled_utc) == (LetterState.DELIVERED, "2026-01-31T03:04:05.000Z")
    assert (image.state, str(image.problem)) == (LetterState.DROPPED, "There is none.")
    (waiting,) = found["b"]
    assert (waiting.state, str(waiting.problem), waiting.letter.attempts) == (
        LetterState.WAITING,
        "No network.",
        1,
    )
    assert [each.letter.event_id for each in outbox.of_channel("Anna")] == ["b", "a", "a"]


def test_ends_are_put_once_for_what_was_told_and_is_over(outbox: Outbox, store: EventStore) -> None:
    def parts(event_id: str) -> list[Part]:
        found = outbox.deliveries([event_id]).get(event_id, ())
        return [each.letter.part for each in found if each.letter.channel == "Anna"]

    states = {
        "open": AlarmState.UNACKNOWLEDGED,
        "returned": AlarmState.RETURNED_UNACKNOWLEDGED,
        "known": AlarmState.ACKNOWLEDGED,
        "over": AlarmState.CLOSED,
        "waits": AlarmState.CLOSED,
    }
    for event_id, state in states.items():
        store.update(make_alarm(event_id, state=state), what=Message("raised"))
        outbox.put(event_id, "Anna", "1", [Part.TEXT])
    outbox.put("over", "Ben", "1", [Part.TEXT])
    for letter in outbox.waiting("Anna"):
        if letter.event_id != "waits":
            outbox.delivered(letter)
    for _ in range(2):
        outbox.put_ends("Anna")
    assert {each: parts(each) for each in states} == {
        "open": [Part.TEXT],
        "returned": [Part.TEXT],
        "known": [Part.TEXT, Part.END],
        "over": [Part.TEXT, Part.END],
        "waits": [Part.TEXT],
    }
    assert {each.letter.channel for each in outbox.deliveries(["over"])["over"]} == {"Anna", "Ben"}


def test_a_channel_that_is_removed_is_sent_nothing_more(outbox: Outbox) -> None:
    outbox.put("a", "Anna", "fell", BOTH)
    assert outbox.drop_all("Anna", Message("Anna was removed.")) == 2
    assert outbox.waiting("Anna") == ()


def test_the_letters_of_a_deleted_event_go_with_it(outbox: Outbox, store: EventStore) -> None:
    store.add(make_alarm("a"))
    outbox.put("a", "Anna", "fell", BOTH)
    store.delete("a", what=Message("deleted"), by="a test")
    assert outbox.waiting("Anna") == ()


def test_letters_survive_and_a_failure_is_a_store_error(tmp_path: Path) -> None:
    path = tmp_path / "events.db"
    for expected in ([], ["a"]):
        store = EventStore(path)
        outbox = Outbox(store)
        assert [each.event_id for each in outbox.waiting("Anna")] == expected
        outbox.put("a", "Anna", "fell", [Part.TEXT])
        store.close()
    blocked = tmp_path / "blocked"
    blocked.write_text("no folder")
    with pytest.raises(StoreError):
        Outbox(EventStore(blocked / "events.db")).put("a", "Anna", "fell", [Part.TEXT])
