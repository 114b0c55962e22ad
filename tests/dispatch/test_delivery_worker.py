from __future__ import annotations

import threading
from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime, timedelta, timezone
from pathlib import Path

import pytest

from fallwatch.alarms.lifecycle import acknowledge
from fallwatch.alarms.messages.message import AlarmMessage
from fallwatch.core.message import Message
from fallwatch.core.protocols import ChannelError
from fallwatch.core.types import Alarm
from fallwatch.dispatch.delivery_worker import DeliveryWorker, Pace
from fallwatch.events.outbox import CLAIM, LetterState, Outbox, Part
from fallwatch.events.store import EventStore
from fallwatch.recording.media import MediaFolder
from tests.alarms.builders import make_alarm
from tests.waiting import wait_until

BEGAN = datetime(2026, 1, 31, 3, 4, 6, tzinfo=timezone.utc)


class FakeMessenger:
    """Remembers what it sent, and is down or hangs on request."""

    def __init__(self, name: str = "Anna", *, snapshots: bool = True) -> None:
        self.name = name
        self.sent: list[AlarmMessage] = []
        self.tries = 0
        self.down = False
        self.refused: str | None = None
        self.gate = threading.Event()
        self.gate.set()
        self._snapshots = snapshots

    def wants(self, alarm: Alarm) -> bool:
        return not alarm.from_clip

    def takes_snapshots(self) -> bool:
        return self._snapshots

    def send(self, message: AlarmMessage) -> None:
        self.tries += 1
        self.gate.wait(10.0)
        assert message.alarm is not None
        if self.down or message.alarm.event_id == self.refused:
            raise ChannelError("It is down. Wait.")
        self.sent.append(message)

    def close(self) -> None:
        """Nothing is held."""

    @property
    def texts(self) -> list[str]:
        return [each.alarm.event_id for each in self.sent if each.alarm and not each.snapshot]


class Bench:
    def __init__(self, folder: Path) -> None:
        self.store = EventStore(folder / "events.db")
        self.media = MediaFolder(folder / "recordings")
        self.messenger = FakeMessenger()
        self.seconds = 0.0
        self.backlog: list[Message | None] = []
        self.delivery_worker = self.new_delivery_worker()

    def now(self) -> datetime:
        return BEGAN + timedelta(seconds=self.seconds)

    def new_delivery_worker(
        self, pace: Pace | None = None, *, comes_later: bool = False, tells_ends: bool = False
    ) -> DeliveryWorker:
        return DeliveryWorker(
            self.messenger,
            Outbox(self.store, self.now),
            alarm_of=self.store.get,
            snapshot_of=self.media.snapshot,
            on_backlog=lambda name, problem: self.backlog.append(problem),
            pace=pace,
            monotonic=lambda: self.seconds,
            now=self.now,
            comes_later=comes_later,
            tells_ends=tells_ends,
        )

    def raise_alarm(self, event_id: str = "a", kind: str = "fall") -> Alarm:
        alarm = make_alarm(event_id, kind)
        self.store.add(alarm)
        self.delivery_worker.put(alarm)
        return alarm

    def pass_time(self, seconds: float) -> None:
        """Let the delivery worker work whenever it wants to, for so long."""
        end_s = self.seconds + seconds
        while self.seconds < end_s:
            self.seconds += min(max(self.delivery_worker.work(), 0.01), end_s - self.seconds)
        self.delivery_worker.work()


@pytest.fixture
def bench(tmp_path: Path) -> Iterator[Bench]:
    bench = Bench(tmp_path)
    yield bench
    bench.messenger.gate.set()
    bench.store.close()


def test_words_are_sent_at_once_and_the_snapshot_when_it_is_there(bench: Bench) -> None:
    bench.raise_alarm()
    bench.delivery_worker.work()
    (message,) = bench.messenger.sent
    assert message.title == "Fall in kitchen"
    assert message.body.splitlines()[1:] == [
        "Nobody has acknowledged it yet.",
        "Why: fast descent; lies still.",
    ]
    bench.media.write(bench.media.snapshot("a"), b"a snapshot")
    bench.pass_time(1.0)
    assert [each.snapshot for each in bench.messenger.sent] == [None, bench.media.snapshot("a")]


def test_a_frame_that_never_comes_is_given_up(bench: Bench) -> None:
    bench.raise_alarm()
    bench.pass_time(90.0)
    assert len(bench.messenger.sent) == 1
    (_, snapshot) = Outbox(bench.store).deliveries(["a"])["a"]
    assert (snapshot.state, str(snapshot.problem)) == (
        LetterState.DROPPED,
        "There is no snapshot of this event.",
    )


def test_a_technical_alarm_has_no_snapshot(bench: Bench) -> None:
    bench.raise_alarm("c", "camera_lost")
    bench.delivery_worker.work()
    assert Outbox(bench.store).waiting("Anna") == ()


def test_after_an_hour_down_every_alarm_comes_within_a_minute_once_each(bench: Bench) -> None:
    bench.messenger.down = True
    for minute in range(12):
        bench.raise_alarm(f"alarm{minute}", "camera_lost")
        bench.pass_time(300.0)
    assert bench.messenger.sent == []
    bench.messenger.down = False
    bench.pass_time(60.0)
    assert sorted(bench.messenger.texts) == sorted(f"alarm{minute}" for minute in range(12))
    bench.pass_time(3600.0)
    assert len(bench.messenger.sent) == 12


def test_while_it_is_down_it_is_tried_ever_more_rarely(bench: Bench) -> None:
    bench.messenger.down = True
    bench.raise_alarm()
    bench.pass_time(3600.0)
    assert 3600 / 20 <= bench.messenger.tries <= 3600 / 20 + 6


def test_a_message_that_is_always_refused_keeps_back_no_other(bench: Bench) -> None:
    bench.messenger.refused = "bad"
    bench.raise_alarm("bad")
    for number in range(3):
        bench.raise_alarm(f"good{number}")
    bench.pass_time(60.0)
    assert sorted(bench.messenger.texts) == ["good0", "good1", "good2"]


def test_words_that_wait_for_a_minute_are_told_as_a_backlog_until_they_are_sent(
    bench: Bench,
) -> None:
    bench.messenger.down = True
    bench.raise_alarm()
    bench.pass_time(55.0)
    assert bench.backlog == []
    bench.pass_time(30.0)
    assert set(map(str, bench.backlog)) == {
        "Messages to Anna wait, and are tried again. It is down. Wait."
    }
    bench.messenger.down = False
    bench.pass_time(30.0)
    assert bench.backlog[-1] is None


def test_a_backlog_that_a_killed_run_told_of_ends_with_the_first_success(bench: Bench) -> None:
    bench.raise_alarm("c", "camera_lost")
    bench.delivery_worker.work()
    assert bench.backlog == [None]


def test_a_late_message_says_how_late_it_is_and_who_acknowledged(bench: Bench) -> None:
    bench.messenger.down = True
    alarm = bench.raise_alarm()
    bench.pass_time(3600.0)
    bench.store.update(
        replace(
            alarm, acknowledged_by="Ada", acknowledged_utc=alarm.started_utc, state="acknowledged"
        ),  # type: ignore[arg-type]
        what=Message("acknowledged"),
    )
    bench.messenger.down = False
    bench.pass_time(60.0)
    assert "60 minutes before this message was sent" in bench.messenger.sent[0].body
    assert "Acknowledged by Ada" in bench.messenger.sent[0].body


def test_what_could_not_be_sent_for_a_day_is_dropped(bench: Bench) -> None:
    bench.messenger.down = True
    bench.delivery_worker = bench.new_delivery_worker(Pace(longest_retry_s=600.0))
    bench.raise_alarm()
    bench.pass_time(90_000.0)
    bench.messenger.down = False
    bench.pass_time(1000.0)
    assert bench.messenger.sent == []
    assert Outbox(bench.store).deliveries(["a"])["a"][0].state is LetterState.DROPPED


def test_a_new_run_sends_what_an_earlier_one_left_and_nothing_twice(bench: Bench) -> None:
    bench.raise_alarm("sent")
    bench.delivery_worker.work()
    bench.messenger.down = True
    alarm = bench.raise_alarm("left")
    bench.delivery_worker.work()
    bench.messenger.down = False
    bench.delivery_worker = bench.new_delivery_worker()
    bench.delivery_worker.put(alarm)  # The dispatcher tells again what nobody acknowledged.
    bench.delivery_worker.put(make_alarm("sent"))
    bench.pass_time(60.0)
    assert bench.messenger.texts == ["sent", "left"]


def test_what_a_killed_run_was_sending_is_sent_by_the_next(bench: Bench) -> None:
    bench.raise_alarm()
    outbox = Outbox(bench.store, bench.now)
    assert outbox.claim(outbox.waiting("Anna")[0])
    bench.delivery_worker = bench.new_delivery_worker()
    bench.pass_time(CLAIM.total_seconds() + 15.0)
    assert bench.messenger.texts == ["a"]


@pytest.mark.parametrize("tells_ends", [False, True])
def test_while_the_record_does_not_work_messages_are_sent_once_all_the_same(
    bench: Bench, tmp_path: Path, tells_ends: bool
) -> None:
    folder = tmp_path / "gone"
    bench.store.close()
    folder.write_text("in the way")
    bench.store = EventStore(folder / "events.db")
    bench.delivery_worker = bench.new_delivery_worker(tells_ends=tells_ends)
    alarm = make_alarm()
    for _ in range(3):
        bench.delivery_worker.put(alarm)
        bench.pass_time(5.0)
    assert bench.messenger.texts == ["a"]
    folder.unlink()
    bench.store.add(alarm)
    for _ in range(3):
        bench.delivery_worker.put(alarm)
        bench.pass_time(20.0)
    assert bench.messenger.texts == ["a"]
    assert Outbox(bench.store).deliveries(["a"])["a"][0].state is LetterState.DELIVERED


def test_who_wants_it_is_told_once_that_an_alarm_is_over(bench: Bench) -> None:
    bench.delivery_worker = bench.new_delivery_worker(tells_ends=True)
    alarm = bench.raise_alarm()
    bench.pass_time(20.0)
    assert bench.messenger.texts == ["a"]
    over = acknowledge(alarm, "Ben", "2026-01-31T03:05:00.000Z")
    bench.store.update(over, what=Message("acknowledged"))
    bench.pass_time(60.0)
    assert bench.messenger.texts == ["a", "a"]
    assert "Acknowledged by Ben" in bench.messenger.sent[-1].body
    states = {each.letter.part: each.state for each in Outbox(bench.store).deliveries(["a"])["a"]}
    assert states[Part.END] is LetterState.DELIVERED


def test_nobody_else_is_told_that_an_alarm_is_over(bench: Bench) -> None:
    alarm = bench.raise_alarm()
    bench.pass_time(1.0)
    over = acknowledge(alarm, "Ben", "2026-01-31T03:05:00.000Z")
    bench.store.update(over, what=Message("acknowledged"))
    bench.pass_time(60.0)
    assert bench.messenger.texts == ["a"]


def test_an_end_that_could_not_be_sent_before_the_alarm_was_raised_again_is_dropped(
    bench: Bench,
) -> None:
    bench.delivery_worker = bench.new_delivery_worker(tells_ends=True)
    alarm = bench.raise_alarm()
    bench.pass_time(1.0)
    bench.messenger.down = True
    over = acknowledge(alarm, "Ben", "2026-01-31T03:05:00.000Z")
    bench.store.update(over, what=Message("acknowledged"))
    bench.pass_time(30.0)
    bench.store.update(alarm, what=Message("triggered again"))
    bench.messenger.down = False
    bench.pass_time(60.0)
    assert bench.messenger.texts == ["a"]
    found = {each.letter.part: each for each in Outbox(bench.store).deliveries(["a"])["a"]}
    assert found[Part.END].state is LetterState.DROPPED
    assert str(found[Part.END].problem) == "The alarm was raised again."


def test_a_delivery_that_hangs_is_timed_out_and_its_late_success_counts(bench: Bench) -> None:
    bench.delivery_worker = bench.new_delivery_worker(Pace(limit_s=0.2))
    bench.messenger.gate.clear()
    bench.raise_alarm()
    bench.delivery_worker.work()
    (words, _) = Outbox(bench.store).deliveries(["a"])["a"]
    assert "has not come back for 0 seconds" in str(words.problem)
    bench.messenger.gate.set()
    wait_until(lambda: bench.messenger.texts == ["a"])
    wait_until(lambda: Outbox(bench.store).deliveries(["a"])["a"][0].state is LetterState.DELIVERED)
    bench.pass_time(120.0)
    assert bench.messenger.texts == ["a"]


def test_its_thread_sends_and_stops(bench: Bench) -> None:
    bench.delivery_worker.start()
    bench.raise_alarm()
    wait_until(lambda: bench.messenger.texts == ["a"])
    bench.delivery_worker.stop()
    assert bench.delivery_worker.join(2.0) == []


def test_a_clock_set_forward_or_back_drops_no_message(bench: Bench) -> None:
    bench.messenger.down = True
    bench.raise_alarm()
    bench.pass_time(10.0)
    for days in (400, -400):
        jump = timedelta(days=days)
        bench.delivery_worker._now = lambda jump=jump: bench.now() + jump  # type: ignore[misc]
        bench.pass_time(30.0)
    assert bench.messenger.sent == []
    bench.messenger.down = False
    bench.pass_time(30.0)
    assert bench.messenger.texts == ["a"]


@pytest.mark.parametrize(("right", "texts"), [(False, ["a"]), (True, [])])
def test_a_run_with_a_clock_in_doubt_sends_what_an_earlier_one_left(
    bench: Bench, right: bool, texts: list[str]
) -> None:
    bench.raise_alarm()
    worker = bench.delivery_worker = bench.new_delivery_worker()
    worker._clock_is_right = lambda: right
    worker._now = lambda: bench.now() + timedelta(days=400)
    bench.pass_time(1.0)
    assert bench.messenger.texts == texts


def test_what_was_acknowledged_before_it_could_be_sent_is_not_sent_to_whoever_comes_later(
    bench: Bench,
) -> None:
    for comes_later, sent in ((True, []), (False, ["b"])):
        bench.delivery_worker = bench.new_delivery_worker(comes_later=comes_later)
        event_id = "a" if comes_later else "b"
        bench.messenger.down = True
        alarm = bench.raise_alarm(event_id)
        bench.delivery_worker.work()
        bench.store.update(
            acknowledge(alarm, "Ben", "2026-01-31T03:05:00.000Z"), what=Message("acknowledged")
        )
        bench.messenger.down = False
        bench.pass_time(5.0)
        assert bench.messenger.texts == sent
    words = Outbox(bench.store).deliveries(["a"])["a"][0]
    assert (words.letter.part, words.state) == (Part.TEXT, LetterState.DROPPED)
