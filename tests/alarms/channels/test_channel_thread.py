from __future__ import annotations

import threading
from collections.abc import Iterator

import pytest

from fallwatch.alarms.channels.channel_thread import ChannelThread
from fallwatch.core.message import Message
from fallwatch.core.types import Alarm
from tests.alarms.builders import make_alarm
from tests.waiting import PATIENCE_S, FakeClock, wait_for_waiter, wait_until


class Slow:
    name = "slow"

    def __init__(self) -> None:
        self.delivered: list[str] = []
        self.gate = threading.Event()

    def deliver(self, alarm: Alarm) -> None:
        self.delivered.append(alarm.event_id)
        assert self.gate.wait(PATIENCE_S)

    def stop(self) -> None:
        self.delivered.append("stop")

    def close(self) -> None:
        raise RuntimeError("even closing may fail")


class Bench:
    def __init__(self) -> None:
        self.channel = Slow()
        self.waiting: list[Alarm] = []
        self.looks = 0
        self.results: list[Message | None] = []
        self.clock = FakeClock()
        self.thread = ChannelThread(
            self.channel,
            waiting=self._look,
            on_result=lambda name, problem: self.results.append(problem),
            monotonic=self.clock,
        )
        self.thread.start()

    def _look(self) -> list[Alarm]:
        self.looks += 1
        return self.waiting

    def until_delivered(self, count: int) -> None:
        wait_until(lambda: len(self.channel.delivered) >= count)
        assert len(self.channel.delivered) == count


@pytest.fixture
def bench() -> Iterator[Bench]:
    bench = Bench()
    yield bench
    bench.channel.gate.set()
    bench.thread.stop()
    assert bench.thread.join(PATIENCE_S)


def test_what_was_told_while_busy_is_delivered_once_and_most_urgent_first(bench: Bench) -> None:
    fall, camera = make_alarm("fall"), make_alarm("camera", kind="camera_lost")
    bench.waiting = [camera]
    bench.thread.tell("camera")
    bench.until_delivered(1)
    bench.waiting = [fall, camera]
    for event_id in ("camera", "fall", "camera", "fall"):
        bench.thread.tell(event_id)
    bench.channel.gate.set()
    bench.until_delivered(3)
    assert bench.channel.delivered == ["camera", "fall", "camera"]


def test_what_needs_no_acknowledgement_any_more_is_forgotten_and_the_thread_rests(
    bench: Bench,
) -> None:
    bench.thread.tell("answered long ago")
    wait_until(lambda: bench.looks > 0)
    wait_for_waiter(bench.thread._changed)
    assert bench.channel.delivered == []
    assert bench.looks == 1


def test_quiet_comes_before_what_is_told_after_it(bench: Bench) -> None:
    bench.waiting = [make_alarm("first")]
    bench.thread.tell("first")
    bench.until_delivered(1)
    bench.thread.stop_alarms()
    bench.waiting = [make_alarm("second")]
    bench.thread.tell("second")
    bench.channel.gate.set()
    bench.until_delivered(3)
    assert bench.channel.delivered == ["first", "stop", "second"]


def test_a_delivery_under_way_can_be_timed(bench: Bench) -> None:
    assert bench.thread.busy_for_s() == 0.0
    bench.waiting = [make_alarm("first")]
    bench.thread.tell("first")
    bench.until_delivered(1)
    bench.clock.advance(7.0)
    assert bench.thread.busy_for_s() == 7.0
    bench.channel.gate.set()
    wait_until(lambda: bool(bench.results))
    assert bench.results == [None]
    assert bench.thread.busy_for_s() == 0.0


def test_a_channel_too_slow_to_repeat_all_alarms_in_time_tells_all_of_them_in_turn() -> None:
    alarms = [make_alarm(f"fall {number}") for number in range(40)]
    delivered: list[str] = []
    done = threading.Event()

    class Short(Slow):
        def deliver(self, alarm: Alarm) -> None:
            delivered.append(alarm.event_id)
            for each in alarms:  # all are due again before the next can be delivered
                thread.tell(each.event_id)
            if len(delivered) == 2 * len(alarms):
                done.set()

    thread = ChannelThread(Short(), waiting=lambda: alarms, on_result=lambda name, problem: None)
    thread.start()
    thread.tell("fall 0")
    assert done.wait(PATIENCE_S)
    thread.stop()
    assert thread.join(PATIENCE_S)
    ids = [alarm.event_id for alarm in alarms]
    assert delivered[:40] == ids
    assert delivered[40:80] == ids


def test_a_new_alarm_is_told_before_older_ones_are_repeated(bench: Bench) -> None:
    falls = [make_alarm("fall 1"), make_alarm("fall 2")]
    camera = make_alarm("camera", kind="camera_lost")
    bench.waiting = falls
    bench.thread.tell("fall 1")
    bench.until_delivered(1)
    bench.waiting = [*falls, camera]
    for event_id in ("fall 1", "fall 2", "camera"):
        bench.thread.tell(event_id)
    bench.channel.gate.set()
    bench.until_delivered(4)
    assert bench.channel.delivered == ["fall 1", "fall 2", "camera", "fall 1"]
