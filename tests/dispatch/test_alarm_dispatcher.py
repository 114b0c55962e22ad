from __future__ import annotations

import sqlite3
import threading
import time
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from fallwatch.alarms import lifecycle
from fallwatch.alarms.channels.channel_thread import ChannelThread
from fallwatch.alarms.escalation import EscalationPolicy
from fallwatch.alarms.raising import THIS_COMPUTER
from fallwatch.core.message import Message
from fallwatch.core.protocols import ChannelError
from fallwatch.core.types import Alarm, AlarmState, EventKind
from fallwatch.dispatch.alarm_dispatcher import AlarmDispatcher
from fallwatch.events.store import EventStore
from tests.alarms.builders import make_alarm, make_event
from tests.waiting import PATIENCE_S, FakeClock, wait_until, within

STARTED_UNIX_S = 1_769_828_645.678
POLICY = EscalationPolicy(waits_s={"neighbour": 60.0})


class Recorder:
    """A channel that writes down what it is asked to do, and fails or hangs on request."""

    def __init__(self, name: str = "sound") -> None:
        self.name = name
        self.calls: list[str] = []
        self.store: EventStore | None = None
        self.error: Exception | None = None
        self.gate = threading.Event()
        self.gate.set()

    def deliver(self, alarm: Alarm) -> None:
        recorded = self.store.get(alarm.event_id) if self.store else alarm
        self.calls.append(alarm.event_id if recorded else "not recorded yet")
        self.gate.wait()
        if self.error is not None:
            raise self.error

    def stop(self) -> None:
        self.calls.append("stop")

    def close(self) -> None:
        self.calls.append("close")


class Bench:
    """A dispatcher with its surroundings."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.store = EventStore(path)
        self.clock = FakeClock()
        self.sound = Recorder("sound")
        self.neighbour = Recorder("neighbour")
        self.changes: list[tuple[Alarm, ...]] = []
        self.dispatcher = self.new_dispatcher()

    def new_dispatcher(self, **changes: Any) -> AlarmDispatcher:
        values: dict[str, Any] = {"on_change": self.changes.append, "monotonic": self.clock}
        return AlarmDispatcher(
            self.store, [self.sound, self.neighbour], POLICY, **(values | changes)
        )

    def fall(self, **changes: Any) -> Alarm:
        return self.event(EventKind.FALL, **changes)

    def event(self, kind: EventKind, *, from_clip: bool = False, **changes: Any) -> Alarm:
        return self.dispatcher.raise_event(
            make_event(kind, **changes), started_unix_s=STARTED_UNIX_S, from_clip=from_clip
        )

    def told(self, event_id: str) -> int:
        return self.sound.calls.count(event_id)

    def settle(self) -> None:
        """Let everything that is due be done: by the dispatcher, then by each channel."""
        for _ in range(2):  # what a channel says of its success may be due for the others
            self.dispatcher._tick()
            for thread in self.dispatcher._channels._threads:
                wait_until(lambda thread=thread: _rests(thread))  # type: ignore[misc]

    def close(self) -> None:
        self.sound.gate.set()
        self.neighbour.gate.set()
        assert self.dispatcher.stop(PATIENCE_S) == []
        self.store.close()


def kinds(bench: Bench) -> set[str]:
    return {alarm.kind for alarm in bench.dispatcher.open_alarms}


def _rests(thread: ChannelThread) -> bool:
    with thread._changed:
        has_work = thread._told or thread._stop_alarms or thread._busy_since_s is not None
        # A thread that waits, and has not been woken yet.
        return not has_work and len(thread._changed._waiters) > 0  # type: ignore[attr-defined]


@pytest.fixture
def bench(tmp_path: Path) -> Iterator[Bench]:
    bench = Bench(tmp_path / "events.db")
    bench.dispatcher.start()
    yield bench
    bench.close()


def test_an_event_becomes_an_alarm_that_is_recorded_before_it_sounds(bench: Bench) -> None:
    bench.sound.store = bench.store
    alarm = bench.fall()
    assert (alarm.kind, alarm.state) == ("fall", AlarmState.UNACKNOWLEDGED)
    assert alarm.started_utc == "2026-01-31T03:04:05.678Z"
    assert alarm.clip_time_s is None
    assert bench.store.get(alarm.event_id) == alarm
    wait_until(lambda: bench.sound.calls == [alarm.event_id])
    assert bench.dispatcher.open_alarms == (alarm,)
    assert bench.changes == [(alarm,)]


def test_a_clip_s_alarm_says_when_in_the_clip(bench: Bench) -> None:
    alarm = bench.fall(from_clip=True)
    assert (alarm.clip_time_s, alarm.from_clip) == (3.1, True)


def test_an_alarm_repeats_until_somebody_acknowledges(bench: Bench) -> None:
    alarm = bench.fall()
    for times in (1, 2, 3):
        wait_until(lambda times=times: bench.told(alarm.event_id) == times)  # type: ignore[misc]
        bench.clock.advance(5.0)
    wait_until(lambda: bench.told(alarm.event_id) == 4)
    bench.dispatcher.acknowledge(alarm.event_id, "Ada")
    wait_until(lambda: bench.sound.calls[-1] == "stop")
    bench.clock.advance(500.0)
    bench.settle()
    assert bench.told(alarm.event_id) == 4


def test_nothing_repeats_before_its_time(bench: Bench) -> None:
    alarm = bench.fall()
    wait_until(lambda: bench.told(alarm.event_id) == 1)
    bench.clock.advance(4.9)
    bench.settle()
    assert bench.told(alarm.event_id) == 1


def test_without_an_acknowledgement_the_second_step_is_told_too(bench: Bench) -> None:
    alarm = bench.fall()
    wait_until(lambda: bench.told(alarm.event_id) == 1)
    bench.clock.advance(59.0)
    wait_until(lambda: bench.told(alarm.event_id) == 2)
    assert bench.neighbour.calls == []
    bench.clock.advance(5.0)
    wait_until(lambda: bench.neighbour.calls == [alarm.event_id])


def test_an_acknowledgement_is_recorded_with_who_and_when(bench: Bench) -> None:
    alarm = bench.fall()
    bench.dispatcher.acknowledge(alarm.event_id, "Ada")
    stored = bench.store.get(alarm.event_id)
    assert stored is not None
    assert (stored.state, stored.acknowledged_by) == (AlarmState.ACKNOWLEDGED, "Ada")
    assert bench.dispatcher.open_alarms == (stored,)
    assert bench.changes[-1] == (stored,)
    assert [entry.by for entry in bench.store.history(alarm.event_id)] == ["fallwatch", "Ada"]


def test_acknowledging_twice_or_what_is_unknown_changes_nothing(bench: Bench) -> None:
    alarm = bench.fall()
    bench.dispatcher.acknowledge(alarm.event_id, "Ada")
    bench.dispatcher.acknowledge(alarm.event_id, "Bob")
    bench.dispatcher.acknowledge("unknown", "Bob")
    stored = bench.store.get(alarm.event_id)
    assert stored is not None
    assert stored.acknowledged_by == "Ada"
    assert len(bench.changes) == 2


def test_the_channels_fall_silent_only_when_nothing_waits_any_more(bench: Bench) -> None:
    first = bench.fall(track_id=1)
    second = bench.fall(track_id=2)
    wait_until(lambda: bench.told(second.event_id))
    bench.dispatcher.acknowledge(first.event_id, "Ada")
    bench.settle()
    assert "stop" not in bench.sound.calls
    bench.dispatcher.acknowledge(second.event_id, "Ada")
    wait_until(lambda: "stop" in bench.sound.calls)


def test_an_alarm_acknowledged_while_the_channel_was_busy_is_not_delivered(bench: Bench) -> None:
    bench.sound.gate.clear()
    first = bench.fall(track_id=1)
    wait_until(lambda: bench.told(first.event_id))
    second = bench.fall(track_id=2)
    bench.dispatcher.acknowledge(second.event_id, "Ada")
    bench.dispatcher.acknowledge(first.event_id, "Ada")
    bench.sound.gate.set()
    wait_until(lambda: "stop" in bench.sound.calls)
    assert bench.sound.calls == [first.event_id, "stop"]


def test_somebody_still_lying_alarms_again_without_a_second_entry(bench: Bench) -> None:
    fall = bench.fall()
    wait_until(lambda: bench.told(fall.event_id) == 1)
    bench.dispatcher.acknowledge(fall.event_id, "Ada")
    again = bench.event(EventKind.LONG_LIE)
    assert again.event_id == fall.event_id
    assert again.state is AlarmState.UNACKNOWLEDGED
    assert tuple(map(str, again.evidence)) == (
        "Still on the floor; acknowledged 0 s ago by Ada.",
        "judged as long_lie",
        "judged as fall",
    )
    wait_until(lambda: bench.told(fall.event_id) == 2)
    assert len(bench.store.recent()) == 1
    assert bench.store.get(fall.event_id) == again


def test_a_second_person_has_an_alarm_of_their_own(bench: Bench) -> None:
    assert bench.fall(track_id=1).event_id != bench.fall(track_id=2).event_id
    assert len(bench.dispatcher.open_alarms) == 2


def test_a_person_who_got_up_leaves_the_alarm_sounding(bench: Bench) -> None:
    fall = bench.fall()
    up = bench.event(EventKind.RECOVERED)
    assert (up.event_id, up.state) == (fall.event_id, AlarmState.RETURNED_UNACKNOWLEDGED)
    wait_until(lambda: bench.told(fall.event_id) == 1)
    bench.clock.advance(5.0)
    wait_until(lambda: bench.told(fall.event_id) == 2)
    bench.dispatcher.acknowledge(fall.event_id, "Ada")
    assert bench.dispatcher.open_alarms == ()
    stored = bench.store.get(fall.event_id)
    assert stored is not None
    assert stored.state is AlarmState.CLOSED


def test_a_fall_after_getting_up_is_an_alarm_of_its_own(bench: Bench) -> None:
    first = bench.fall()
    bench.event(EventKind.RECOVERED)
    second = bench.fall()
    assert second.event_id != first.event_id
    assert {alarm.state for alarm in bench.dispatcher.open_alarms} == {
        AlarmState.UNACKNOWLEDGED,
        AlarmState.RETURNED_UNACKNOWLEDGED,
    }


def test_what_an_alarm_turned_out_to_be_is_in_its_history(bench: Bench) -> None:
    alarm = bench.fall()
    bench.dispatcher.acknowledge(alarm.event_id, "Ada", Message("false alarm"))
    assert str(bench.store.history(alarm.event_id)[-1].what) == "acknowledged: false alarm"


def test_an_acknowledged_alarm_ends_when_the_person_gets_up(bench: Bench) -> None:
    fall = bench.fall()
    bench.dispatcher.acknowledge(fall.event_id, "Ada")
    bench.event(EventKind.RECOVERED, track_id=2)
    bench.event(EventKind.RECOVERED, camera="bedroom")
    assert [alarm.event_id for alarm in bench.dispatcher.open_alarms] == [fall.event_id]
    assert bench.event(EventKind.RECOVERED).state is AlarmState.CLOSED
    assert bench.dispatcher.open_alarms == ()


def test_getting_up_without_an_alarm_is_recorded_and_told_nobody(bench: Bench) -> None:
    up = bench.event(EventKind.RECOVERED)
    assert (up.kind, up.state) == ("recovered", AlarmState.CLOSED)
    assert bench.store.recent() == (up,)
    bench.settle()
    assert bench.sound.calls == []


def test_technical_alarms_are_raised_once_and_clear_themselves(bench: Bench) -> None:
    lost = bench.dispatcher.raise_technical(
        "kitchen", "camera_lost", Message("No image. Check the cable.")
    )
    assert (
        bench.dispatcher.raise_technical("kitchen", "camera_lost", Message("Still none.")) == lost
    )
    assert [alarm.event_id for alarm in bench.dispatcher.open_alarms] == [lost.event_id]
    wait_until(lambda: bench.told(lost.event_id) == 1)
    bench.dispatcher.clear_technical("bedroom", "camera_lost")
    bench.dispatcher.clear_technical("kitchen", "camera_lost")
    assert bench.dispatcher.open_alarms == ()
    (stored,) = bench.store.recent()
    assert (stored.state, stored.acknowledged_by) == (AlarmState.CLOSED, "condition cleared")
    wait_until(lambda: "stop" in bench.sound.calls)


def test_the_end_of_a_clip_ends_its_alarms_and_no_others(bench: Bench) -> None:
    bench.fall(from_clip=True)
    bench.dispatcher.raise_technical(
        "kitchen", "analysis_slow", Message("Too slow."), from_clip=True
    )
    room = bench.fall()
    other = bench.fall(from_clip=True, camera="other clip")
    bench.dispatcher.close_clip_alarms("kitchen")
    assert set(bench.dispatcher.open_alarms) == {room, other}


def test_a_hung_channel_delays_no_other_and_is_reported(bench: Bench) -> None:
    bench.neighbour.gate.clear()
    first = bench.fall(track_id=1)
    bench.clock.advance(60.0)
    wait_until(lambda: bench.neighbour.calls == [first.event_id])
    second = bench.fall(track_id=2)
    wait_until(lambda: bench.told(second.event_id) == 1)
    assert "neighbour_failed" not in kinds(bench)
    bench.clock.advance(16.0)
    wait_until(lambda: "neighbour_failed" in kinds(bench))
    (failed,) = [each for each in bench.dispatcher.open_alarms if each.kind == "neighbour_failed"]
    assert str(failed.evidence[0]).startswith("Alarms for neighbour have hung for ")
    bench.neighbour.gate.set()
    wait_until(lambda: "neighbour_failed" not in kinds(bench))


@pytest.mark.parametrize(
    ("error", "words"),
    [
        (ChannelError("No sound. Connect a loudspeaker."), "Connect a loudspeaker"),
        (RuntimeError("boom"), "failed unexpectedly (RuntimeError: boom)"),
    ],
)
def test_a_failing_sound_is_a_visible_alarm_that_ends_when_sound_works(
    bench: Bench, error: Exception, words: str
) -> None:
    bench.sound.error = error
    fall = bench.fall()
    wait_until(lambda: len(bench.dispatcher.open_alarms) == 2)
    failed = bench.dispatcher.open_alarms[1]
    assert (failed.camera, failed.kind) == (THIS_COMPUTER, "sound_failed")
    assert words in str(failed.evidence[0])
    wait_until(lambda: failed.event_id in bench.sound.calls)
    bench.settle()
    assert len(bench.store.recent()) == 2, "a failure must not raise failures"
    assert len(bench.sound.calls) == 2
    bench.sound.error = None
    bench.clock.advance(5.0)
    wait_until(lambda: bench.dispatcher.open_alarms == (fall,))


class BrokenStore(EventStore):
    """A record in a place that is not there until it is mended."""

    def __init__(self, path: Path) -> None:
        self.blocked = path.parent / "data"
        self.blocked.write_text("a file where the folder should be")
        super().__init__(self.blocked / "events.db")

    def mend(self) -> None:
        self.blocked.unlink()


def test_when_the_record_cannot_be_written_the_alarm_sounds_and_is_written_later(
    tmp_path: Path,
) -> None:
    bench = Bench(tmp_path / "events.db")
    store = bench.store = BrokenStore(tmp_path / "events.db")
    bench.dispatcher = bench.new_dispatcher()
    bench.dispatcher.start()
    fall = bench.fall()
    wait_until(lambda: bench.told(fall.event_id) == 1)
    (failed,) = (alarm for alarm in bench.dispatcher.open_alarms if alarm.kind == "record_failed")
    assert "cannot be recorded" in str(failed.evidence[0])
    assert "Free some disk space" in str(failed.evidence[0])
    bench.dispatcher.acknowledge(fall.event_id, "Ada")
    store.mend()
    bench.clock.advance(5.0)
    wait_until(lambda: "record_failed" not in kinds(bench))
    assert [str(entry.what) for entry in store.history(fall.event_id)] == ["raised", "acknowledged"]
    assert {alarm.kind: alarm.state for alarm in store.recent()} == {
        "fall": AlarmState.ACKNOWLEDGED,
        "record_failed": AlarmState.CLOSED,
    }
    bench.close()


def test_alarms_of_the_last_run_are_found_when_the_record_comes_back(tmp_path: Path) -> None:
    bench = Bench(tmp_path / "events.db")
    store = bench.store = BrokenStore(tmp_path / "events.db")
    bench.dispatcher = bench.new_dispatcher()
    assert [alarm.kind for alarm in bench.dispatcher.start()] == ["record_failed"]
    store.mend()
    earlier = EventStore(tmp_path / "data" / "events.db")
    earlier.add(make_alarm("left over"))
    earlier.close()
    bench.clock.advance(5.0)
    wait_until(lambda: bench.told("left over") == 1)
    assert [alarm.event_id for alarm in bench.dispatcher.open_alarms] == ["left over"]
    bench.close()


def test_a_damaged_record_is_said(tmp_path: Path) -> None:
    path = tmp_path / "events.db"
    path.write_bytes(b"no database" * 1000)
    bench = Bench(path)
    (alarm,) = bench.dispatcher.start()
    assert alarm.kind == "record_damaged"
    assert "a new record is begun" in str(alarm.evidence[0])
    bench.close()


def test_a_start_sounds_what_nobody_acknowledged_and_closes_what_was_acknowledged(
    tmp_path: Path,
) -> None:
    bench = Bench(tmp_path / "events.db")
    waiting = make_alarm("waiting")
    up = make_alarm("up", state=AlarmState.RETURNED_UNACKNOWLEDGED)
    clip = make_alarm("clip", from_clip=True)
    answered = lifecycle.acknowledge(make_alarm("answered"), "Ada", "2026-01-31T03:05:00.000Z")
    for alarm in (waiting, up, clip, answered):
        bench.store.add(alarm)
    assert set(bench.dispatcher.start()) == {waiting, up, clip}
    wait_until(lambda: {"waiting", "up", "clip"} == set(bench.sound.calls))
    stored = bench.store.get("answered")
    assert stored is not None
    assert (stored.state, stored.acknowledged_by) == (AlarmState.CLOSED, "Ada")
    bench.close()


def test_an_alarm_of_the_last_run_swallows_no_new_fall_but_ends_when_somebody_gets_up(
    tmp_path: Path,
) -> None:
    bench = Bench(tmp_path / "events.db")
    bench.store.add(make_alarm("earlier"))
    bench.dispatcher.start()
    assert bench.fall().event_id != "earlier"
    bench.event(EventKind.RECOVERED)
    assert {alarm.state for alarm in bench.dispatcher.open_alarms} == {
        AlarmState.RETURNED_UNACKNOWLEDGED
    }
    bench.close()


def test_an_acknowledgement_given_in_another_process_silences_this_one(bench: Bench) -> None:
    fall = bench.fall()
    wait_until(lambda: bench.told(fall.event_id) == 1)
    other = EventStore(bench.path)
    other.update(
        lifecycle.acknowledge(fall, "command line", "2026-01-31T03:05:00.000Z"),
        what=Message("acknowledged"),
        by="command line",
    )
    other.close()
    wait_until(lambda: bench.sound.calls[-1] == "stop")
    (alarm,) = bench.dispatcher.open_alarms
    assert (alarm.state, alarm.acknowledged_by) == (AlarmState.ACKNOWLEDGED, "command line")
    assert bench.changes[-1] == (alarm,)


def test_a_listener_that_fails_ends_no_alarm(tmp_path: Path) -> None:
    bench = Bench(tmp_path / "events.db")

    def window_is_gone(alarms: tuple[Alarm, ...]) -> None:
        raise RuntimeError("wrapped C++ object has been deleted")

    bench.dispatcher = bench.new_dispatcher(on_change=window_is_gone)
    bench.dispatcher.start()
    fall = bench.fall()
    wait_until(lambda: bench.told(fall.event_id) == 1)
    bench.clock.advance(5.0)
    wait_until(lambda: bench.told(fall.event_id) == 2)
    assert bench.dispatcher.open_alarms == (fall,)
    bench.close()


def test_a_listener_may_call_the_desk(tmp_path: Path) -> None:
    bench = Bench(tmp_path / "events.db")

    def answer(alarms: tuple[Alarm, ...]) -> None:
        for alarm in alarms:
            bench.dispatcher.acknowledge(alarm.event_id, "robot")

    bench.dispatcher = bench.new_dispatcher(on_change=answer)
    bench.dispatcher.start()
    bench.fall()
    assert bench.dispatcher.open_alarms[0].acknowledged_by == "robot"
    bench.close()


def test_stop_silences_and_closes_the_channels_and_leaves_the_alarm_open(bench: Bench) -> None:
    fall = bench.fall()
    wait_until(lambda: bench.told(fall.event_id) == 1)
    assert bench.dispatcher.stop() == []
    assert bench.sound.calls == [fall.event_id, "stop", "close"]
    assert bench.store.open_alarms() == (fall,)
    late = bench.fall(track_id=2)
    assert bench.store.get(late.event_id) == late, "events are never dropped"


def test_stop_names_a_hung_channel_and_returns_in_time(bench: Bench) -> None:
    bench.sound.gate.clear()
    fall = bench.fall()
    wait_until(lambda: bench.told(fall.event_id) == 1)
    # It hangs until the end of the test, so it was not waited for.
    assert bench.dispatcher.stop(1.0) == ["fallwatch alarm channel sound"]


def test_stop_without_start_is_harmless(tmp_path: Path) -> None:
    assert Bench(tmp_path / "events.db").dispatcher.stop() == []


def test_events_from_many_threads_are_all_recorded_and_told(bench: Bench) -> None:
    def fall(track_id: int) -> None:
        bench.fall(track_id=track_id)

    threads = [threading.Thread(target=fall, args=(number,)) for number in range(12)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    ids = {alarm.event_id for alarm in bench.dispatcher.open_alarms}
    assert len(ids) == 12
    assert {alarm.event_id for alarm in bench.store.recent()} == ids
    wait_until(lambda: ids <= set(bench.sound.calls))
    assert bench.changes[-1] == bench.dispatcher.open_alarms


def test_an_alarm_of_another_computer_sounds_is_recorded_and_ends_there(bench: Bench) -> None:
    there = make_alarm("remote-ward-1", camera="Kitchen (ward)")
    bench.dispatcher.mirror(there)
    wait_until(lambda: bench.told(there.event_id) == 1)
    assert bench.store.get(there.event_id) == there
    bench.dispatcher.mirror(there)
    bench.dispatcher.acknowledge(there.event_id, "Ada")
    wait_until(lambda: bench.sound.calls[-1] == "stop")
    assert bench.dispatcher.open_alarms[0].acknowledged_by == "Ada"
    bench.dispatcher.mirror(replace(there, evidence=(Message("still lies there"),)))
    wait_until(lambda: bench.told(there.event_id) == 2)
    bench.dispatcher.mirror(replace(there, state=AlarmState.CLOSED, acknowledged_by="Ben"))
    assert bench.dispatcher.open_alarms == ()
    bench.dispatcher.mirror(replace(there, state=AlarmState.CLOSED))
    history = [str(entry.what) for entry in bench.store.history(there.event_id)]
    assert history == ["raised", "acknowledged", "there: unacknowledged", "there: closed"]


def test_text_that_no_record_can_take_is_cleaned_and_the_alarm_recorded_and_told(
    bench: Bench,
) -> None:
    odd = "caf\udce9\x00.mp4"
    fall = bench.fall(camera=odd, evidence=(Message("seen in {0}", (odd,)),), from_clip=True)
    assert fall.camera == "caf??.mp4"
    wait_until(lambda: bench.told(fall.event_id) == 1)
    stored = bench.store.get(fall.event_id)
    assert stored is not None
    assert str(stored.evidence[0]) == "seen in caf??.mp4"
    bench.dispatcher.mirror(make_alarm("remote \udce9", camera=odd))
    bench.dispatcher.raise_technical(odd, "camera_lost", Message("Lost."))
    bench.dispatcher.clear_technical(odd, "camera_lost")
    assert kinds(bench) == {"fall"}
    bench.dispatcher.acknowledge(fall.event_id, "Ren\udce9")
    assert bench.store.history(fall.event_id)[-1].by == "Ren?"
    bench.dispatcher.close_clip_alarms(odd)
    assert [alarm.event_id for alarm in bench.dispatcher.open_alarms] == ["remote ?"]


def test_a_moment_that_does_not_exist_costs_no_alarm(bench: Bench) -> None:
    fall = bench.dispatcher.raise_event(make_event(), started_unix_s=1e300, from_clip=False)
    wait_until(lambda: bench.told(fall.event_id) == 1)
    assert bench.store.get(fall.event_id) == fall


@pytest.mark.parametrize("error", [ValueError("no such thing"), OverflowError("too large")])
def test_a_write_that_can_never_succeed_is_told_and_blocks_no_other(
    bench: Bench, monkeypatch: pytest.MonkeyPatch, error: Exception
) -> None:
    write = bench.store.update

    def odd_one_fails(alarm: Alarm, **values: Any) -> None:
        if alarm.camera == "odd":
            raise error
        write(alarm, **values)

    monkeypatch.setattr(bench.store, "update", odd_one_fails)
    monkeypatch.setattr(bench.store, "add", odd_one_fails)
    odd = bench.fall(camera="odd")
    next_one = bench.fall(track_id=2)
    wait_until(lambda: bench.told(odd.event_id) and bench.told(next_one.event_id))
    assert bench.store.get(next_one.event_id) == next_one
    assert "record_refused" in kinds(bench)
    assert bench.dispatcher._thread.is_alive()


def test_an_unexpected_error_anywhere_leaves_the_dispatcher_alive(
    bench: Bench, monkeypatch: pytest.MonkeyPatch
) -> None:
    def boom(*arguments: object) -> None:
        raise RuntimeError("boom")

    for name in ("answered_elsewhere", "persist"):
        with monkeypatch.context() as patch:
            patch.setattr(bench.dispatcher._register, name, boom)
            fall = bench.fall()
            wait_until(lambda: "dispatcher_failed" in kinds(bench))
            wait_until(lambda fall=fall: bench.told(fall.event_id))  # type: ignore[misc]
        bench.clock.advance(5.0)
        wait_until(lambda fall=fall: bench.store.get(fall.event_id))  # type: ignore[misc]
        bench.dispatcher.clear_technical(THIS_COMPUTER, "dispatcher_failed")
    assert bench.dispatcher._thread.is_alive()


def test_a_record_locked_by_another_program_delays_no_alarm_and_loses_none(
    tmp_path: Path,
) -> None:
    bench = Bench(tmp_path / "events.db")
    bench.dispatcher.start()
    bench.fall(track_id=100)
    other = sqlite3.connect(bench.path, isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    began_s = time.monotonic()
    with within(3.0):
        falls = [bench.fall(track_id=number) for number in range(9)]
        wait_until(lambda: all(bench.told(fall.event_id) for fall in falls))
    assert time.monotonic() - began_s >= 0.5, "the record was not locked"
    # The process dies here; the next one finds all of them, and tells them although it is locked.
    (journal,) = tmp_path.glob("events.db.waiting-*")
    journal.with_name("events.db.waiting-dead").write_bytes(journal.read_bytes())
    after = Bench(tmp_path / "events.db")
    after.dispatcher.start()
    told = {alarm.event_id for alarm in after.dispatcher.open_alarms}
    assert {fall.event_id for fall in falls} <= told
    other.close()
    after.clock.advance(5.0)
    wait_until(lambda: "record_failed" not in kinds(after))
    assert {fall.event_id for fall in falls} <= {each.event_id for each in after.store.recent()}
    after.close()
    bench.close()
    assert list(tmp_path.glob("events.db.waiting-*")) == []
