"""Alarms of other computers, without a broker: what acknowledges them, and what is too much."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import cast

import pytest

from fallwatch.alarms.mqtt.documents import about_json, alarm_json
from fallwatch.alarms.mqtt.intake import CALM_AFTER_S, MAX_OPEN, STATION_BURST, STATION_RATE
from fallwatch.alarms.mqtt.link import BrokerLink
from fallwatch.alarms.mqtt.remote import BROKER_FLOOD, RemoteAlarms
from fallwatch.alarms.mqtt.topics import Topics, local_id
from fallwatch.core.types import Alarm, AlarmState
from tests.alarms.builders import make_alarm
from tests.waiting import FakeClock

MINE = local_id("attic", "a1")


class FakeLink:
    problem: str | None = None

    def __init__(self) -> None:
        self.said: list[tuple[str, dict[str, str]]] = []

    def publish(self, topic: str, payload: str, *, retain: bool = True) -> None:
        self.said.append((topic, json.loads(payload)))


class Dispatcher:
    def __init__(self) -> None:
        self.mirrored: list[Alarm] = []
        self.technical: set[str] = set()

    def mirror(self, alarm: Alarm) -> None:
        self.mirrored.append(alarm)

    def raise_technical(self, camera: str, kind: str, message: str) -> None:
        self.technical.add(kind)

    def clear_technical(self, camera: str, kind: str) -> None:
        self.technical.discard(kind)


class Bench:
    def __init__(self) -> None:
        self.link, self.dispatcher, self.clock = FakeLink(), Dispatcher(), FakeClock()
        link = cast(BrokerLink, self.link)
        self.remote = RemoteAlarms(
            link, Topics("fallwatch", "ward"), self.dispatcher, "this computer", self.clock
        )

    def hear(self, alarm: Alarm, station: str = "attic") -> None:
        self.say(f"{station}/alarms/{alarm.event_id}", alarm_json(alarm).encode())

    def say(self, place: str, payload: bytes) -> None:
        """Have something arrive under a station's topics."""
        _, *rest = place.split("/")
        pattern = "/".join(["fallwatch", "+", rest[0], *["+"] * (len(rest) - 1)])
        self.remote.subscriptions()[pattern](f"fallwatch/{place}", payload, True)

    def pass_time(self, seconds: int) -> None:
        for _ in range(seconds):
            self.clock.advance(1.0)
            self.remote.tick()


@pytest.fixture
def bench() -> Bench:
    bench = Bench()
    bench.hear(make_alarm("a1"))
    bench.remote.show_alarms(bench.dispatcher.mirrored)
    return bench


def answered(alarm: Alarm) -> Alarm:
    return replace(alarm, state=AlarmState.ACKNOWLEDGED, acknowledged_by="Ada")


def test_an_acknowledgement_is_sent_once_to_the_computer_the_alarm_is_from(bench: Bench) -> None:
    for _ in range(2):
        bench.remote.show_alarms([answered(bench.dispatcher.mirrored[0])])
    assert bench.link.said == [
        ("fallwatch/attic/acknowledge", {"event_id": "a1", "by": "Ada"}),
    ]


def test_an_alarm_that_is_acknowledged_after_the_person_got_up_is_acknowledged_there(
    bench: Bench,
) -> None:
    bench.remote.show_alarms([])  # Answered, it is closed here at once.
    assert [topic for topic, _ in bench.link.said] == ["fallwatch/attic/acknowledge"]


def test_what_is_triggered_again_there_is_not_acknowledged_by_what_is_still_shown_here(
    bench: Bench,
) -> None:
    here = answered(bench.dispatcher.mirrored[0])
    bench.remote.show_alarms([here])
    bench.hear(answered(make_alarm("a1")))
    bench.hear(make_alarm("a1", evidence=("still lies there",)))
    bench.link.said.clear()
    bench.remote.show_alarms([here])  # Another alarm changed before this one is shown again.
    assert bench.link.said == []


def test_an_acknowledgement_is_sent_again_over_a_new_connection(bench: Bench) -> None:
    bench.remote.show_alarms([answered(bench.dispatcher.mirrored[0])])
    bench.remote.connected()
    assert len(bench.link.said) == 2


def test_the_same_news_again_is_no_news(bench: Bench) -> None:
    bench.hear(make_alarm("a1"))
    assert len(bench.dispatcher.mirrored) == 1


def test_what_was_closed_there_meanwhile_is_closed_here_once_the_computer_is_heard(
    bench: Bench,
) -> None:
    gone = make_alarm(local_id("attic", "b2"))
    unheard = make_alarm(local_id("cellar", "c3"))
    bench.remote.show_alarms([gone, unheard])
    bench.remote.connected()
    bench.remote.subscriptions()["fallwatch/+/status"]("fallwatch/attic/status", b"online", True)
    bench.clock.advance(10.0)
    bench.remote.tick()
    closed = [each for each in bench.dispatcher.mirrored if each.state is AlarmState.CLOSED]
    assert [each.event_id for each in closed] == [gone.event_id]


def test_a_flood_of_one_computer_is_cut_off_and_told_and_ends(bench: Bench) -> None:
    for number in range(600):
        bench.hear(make_alarm(f"flood{number}"))
    assert len(bench.dispatcher.mirrored) == STATION_BURST
    bench.pass_time(40)
    assert len(bench.dispatcher.mirrored) == MAX_OPEN
    assert bench.dispatcher.technical == {BROKER_FLOOD}
    bench.pass_time(int(CALM_AFTER_S))
    assert bench.dispatcher.technical == set()


def test_a_flood_does_not_shut_out_the_alarm_of_another_computer(bench: Bench) -> None:
    for number in range(600):
        bench.hear(make_alarm(f"flood{number}"))
    bench.hear(make_alarm("true1"), "cellar")
    assert bench.dispatcher.mirrored[-1].event_id == local_id("cellar", "true1")


def test_nor_does_a_crowd_of_computers_that_never_say_who_they_are(bench: Bench) -> None:
    for number in range(500):
        bench.hear(make_alarm("f1"), f"forged-{number}")
    about = about_json("Cellar PC", ended=False).encode()
    bench.say("cellar/about", about)
    bench.hear(make_alarm("true1"), "cellar")
    for number in range(500, 1000):
        bench.hear(make_alarm("f1"), f"forged-{number}")
    bench.pass_time(20)
    true = [each for each in bench.dispatcher.mirrored if "true1" in each.event_id]
    assert [each.state for each in true] == [AlarmState.UNACKNOWLEDGED]
    assert BROKER_FLOOD in bench.dispatcher.technical


def test_what_changes_a_hundred_times_a_second_is_handed_on_as_it_is_in_the_end(
    bench: Bench,
) -> None:
    for number in range(1000):
        bench.hear(make_alarm("a1", evidence=(f"moment {number}",)))
        bench.clock.advance(0.01)
    assert len(bench.dispatcher.mirrored) <= 1 + STATION_BURST + 10 * STATION_RATE
    bench.pass_time(2)
    assert str(bench.dispatcher.mirrored[-1].evidence[0]) == "moment 999"
    assert bench.dispatcher.technical == {BROKER_FLOOD}


def test_of_what_waits_a_fall_comes_first(bench: Bench) -> None:
    for number in range(50):
        bench.hear(make_alarm(f"t{number}", "camera_lost"))
    bench.hear(make_alarm("fall1", "fall"))
    bench.dispatcher.mirrored.clear()
    bench.pass_time(1)
    assert bench.dispatcher.mirrored[0].event_id == local_id("attic", "fall1")


def test_what_is_closed_while_it_waits_is_not_raised(bench: Bench) -> None:
    for number in range(40):
        bench.hear(make_alarm(f"t{number}", "camera_lost"))
    bench.say("attic/alarms/t39", b"")
    bench.pass_time(30)
    assert local_id("attic", "t39") not in {e.event_id for e in bench.dispatcher.mirrored}


@pytest.mark.parametrize(
    "started_utc",
    ["2026-00-25T10:00:00.000Z", "0000-01-01T00:00:00.000Z", "0001-01-01T00:00:00.000Z",
     "9999-12-31T23:59:59.999Z", "2026-02-30T10:00:00.000Z", "2026-01-01T24:00:00.000Z",
     "\u0662026-01-01T00:00:00.000Z", "2026-01-01T00:00:00.000Z\n"],
)  # fmt: skip
def test_an_alarm_of_an_impossible_time_is_left_out(bench: Bench, started_utc: str) -> None:
    before = len(bench.dispatcher.mirrored)
    bench.hear(replace(make_alarm("b1"), started_utc=started_utc))
    bench.hear(replace(answered(make_alarm("b2")), acknowledged_utc=started_utc))
    assert len(bench.dispatcher.mirrored) == before
