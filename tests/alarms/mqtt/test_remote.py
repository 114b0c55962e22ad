"""Alarms of other computers, without a broker: what acknowledges them, and what is too much."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import cast

import pytest

from fallwatch.alarms.mqtt.documents import alarm_json
from fallwatch.alarms.mqtt.link import BrokerLink
from fallwatch.alarms.mqtt.remote import RemoteAlarms
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

    def mirror(self, alarm: Alarm) -> None:
        self.mirrored.append(alarm)

    def raise_technical(self, camera: str, kind: str, message: str) -> None:
        """Not looked at here."""

    def clear_technical(self, camera: str, kind: str) -> None:
        """Not looked at here."""


class Bench:
    def __init__(self) -> None:
        self.link, self.dispatcher, self.clock = FakeLink(), Dispatcher(), FakeClock()
        link = cast(BrokerLink, self.link)
        self.remote = RemoteAlarms(
            link, Topics("fallwatch", "ward"), self.dispatcher, "this computer", self.clock
        )

    def hear(self, alarm: Alarm) -> None:
        topic = f"fallwatch/attic/alarms/{alarm.event_id}"
        self.remote.subscriptions()["fallwatch/+/alarms/+"](topic, alarm_json(alarm).encode(), True)


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


def test_a_flood_of_alarms_is_cut_off(bench: Bench) -> None:
    for number in range(600):
        bench.hear(make_alarm(f"flood{number}"))
    assert len(bench.dispatcher.mirrored) == 500
