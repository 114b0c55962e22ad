"""Names at the broker: different rooms and different computers never meet."""

from __future__ import annotations

import itertools
import json
from pathlib import Path
from typing import Any, cast

import pytest

from fallwatch.alarms.mqtt.discovery import discovery
from fallwatch.alarms.mqtt.documents import about_json
from fallwatch.alarms.mqtt.identity_watch import GONE_AFTER_S
from fallwatch.alarms.mqtt.link import BrokerLink
from fallwatch.alarms.mqtt.publisher import SETTLED_AFTER_S, Publisher
from fallwatch.alarms.mqtt.remote import RemoteAlarms
from fallwatch.alarms.mqtt.topics import Topics, short_name, station_name
from fallwatch.core.types import Alarm
from fallwatch.system.installation import installation_id
from tests.alarms.builders import make_alarm
from tests.waiting import FakeClock

ROOMS = [
    "Living room", "living room", "LIVING ROOM", "Living Room", "living-room", "Living-room",
    "living_room", "Living  room", " Living room", "Living room ", "Livingroom", "Living\troom",
    "Living/room", "Living#room", "Living+room", "Living.room", "Living room!", "-Living room",
    "Küche", "Kuche", "kuche", "Ku\u0308che", "KÜCHE", "Kuche a9ec872e", "kuche-a9ec872e",
    "Küche a9ec872e", "2 bed", "2-bed", "2 Bed", "浴室", "寝室", "Room", "room", "", " ", "!",
    "Room 3f0a9c2e", "3f0a9c2e", "x" * 40, "x" * 41, "x" * 60, "X" + "x" * 39, "X" + "x" * 40,
    "ﬁrst", "First", "first", "Ⅳ", "Iv", "iv", "\ud800", "\ud801",
]  # fmt: skip


def test_no_two_names_share_a_topic_in_whatever_order_they_come() -> None:
    assert len(set(ROOMS)) == len(ROOMS)
    short = {name: short_name(name) for name in ROOMS}
    assert len(set(short.values())) == len(ROOMS)
    assert {name: short_name(name) for name in reversed(ROOMS)} == short


def test_a_usual_name_has_a_topic_that_people_can_read() -> None:
    assert [short_name(name) for name in ("Kitchen", "Living room", "Bath 2")] == [
        "kitchen",
        "living-room",
        "bath-2",
    ]


def test_a_topic_is_one_level_without_wildcards() -> None:
    for name in ROOMS:
        assert short_name(name)
        assert not set(short_name(name)) & set("/+#$ ")


def test_no_station_and_room_are_taken_for_two_others() -> None:
    stations = ["ward", "ward-2", "ward-2-bed", "2", "bed"]
    found: list[str] = []
    for station, room in itertools.product(stations, ROOMS):
        said = discovery(Topics("fallwatch", station), "ha", room, station, answers=True)
        found += said
        for payload in said.values():
            config = json.loads(payload)
            found += [config["unique_id"]]
        found += config["device"]["identifiers"]
    assert len(set(found)) == len(found)


def test_two_computers_of_one_name_are_two_stations(tmp_path: Path) -> None:
    one, other = (installation_id(tmp_path / each) for each in ("one", "other"))
    assert station_name("attic-pc", one) != station_name("attic-pc", other)
    assert station_name("attic-pc", one).startswith("attic-pc-")


def test_watchers_of_one_computer_are_a_station_for_each_room() -> None:
    stations = {station_name("attic-pc", "3f0a9c2e77b1", room) for room in [*ROOMS, None]}
    assert len(stations) == len(ROOMS) + 1


def test_the_identity_is_the_same_after_every_start(tmp_path: Path) -> None:
    path = tmp_path / "config" / "installation-id"
    first = installation_id(path)
    assert installation_id(path) == first
    assert path.read_text().strip() == first


@pytest.mark.parametrize("damage", [b"", b"\xff\xfe", b"../../etc", b"0" * 12_000, b"3F0A"])
def test_a_damaged_identity_is_made_new_and_kept(tmp_path: Path, damage: bytes) -> None:
    path = tmp_path / "installation-id"
    path.write_bytes(damage)
    first = installation_id(path)
    assert len(first) == 12
    assert installation_id(path) == first


def test_an_identity_that_cannot_be_kept_is_no_reason_to_end(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("no folder")
    assert len(installation_id(tmp_path / "file" / "installation-id")) == 12


def test_another_process_that_was_first_is_believed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "installation-id"

    def late(new: Path, target: Path) -> None:
        target.write_text("aaaaaaaaaaaa\n")
        raise FileExistsError

    monkeypatch.setattr("fallwatch.system.installation.os.link", late)
    assert installation_id(path) == "aaaaaaaaaaaa"


class FakeLink:
    problem: str | None = None

    def __init__(self) -> None:
        self.said: list[tuple[str, str]] = []

    def publish(self, topic: str, payload: str, *, retain: bool = True) -> None:
        self.said.append((topic, payload))


class Station:
    """A computer with an open fall, and what it says at the broker."""

    def __init__(self, clock: FakeClock, *alarms: Alarm) -> None:
        self.topics, self.link, self.news = Topics("fallwatch", "attic"), FakeLink(), list[bool]()
        self.publisher = Publisher(
            cast(BrokerLink, self.link),
            self.topics,
            "Attic",
            discovery_prefix="",
            acknowledge=None,
            clips_too=False,
            on_shared=self.news.append,
            monotonic=clock,
        )
        self.publisher.show_alarms(alarms)
        self.publisher.connected()

    def hear(self, topic: str, payload: str, *, retained: bool = False) -> None:
        handlers = self.publisher.subscriptions()
        handler = handlers.get(topic) or handlers[self.topics.alarm("+")]
        handler(topic, payload.encode(), retained)

    def words_of_itself(self) -> list[str]:
        return [payload for topic, payload in self.link.said if topic == self.topics.about]


def test_a_second_computer_of_the_same_identity_is_told_on_both_and_takes_no_alarm_back() -> None:
    clock = FakeClock()
    first = Station(clock, make_alarm("a1"))
    second = Station(clock)
    second.hear(second.topics.alarm("a1"), "{}", retained=True)
    # What a station says is heard by both, by itself too.
    for words in second.words_of_itself():
        for each in (first, second):
            each.hear(each.topics.about, words)
    for words in first.words_of_itself():
        for each in (first, second):
            each.hear(each.topics.about, words)
    clock.advance(SETTLED_AFTER_S + 1)
    for each in (first, second):
        each.publisher.tick()
        assert each.news == [True]
    assert (second.topics.alarm("a1"), "") not in second.link.said
    clock.advance(GONE_AFTER_S + 1)
    second.publisher.tick()
    assert second.news == [True, False]
    assert (second.topics.alarm("a1"), "") in second.link.said


def test_two_do_not_answer_each_other_without_end() -> None:
    clock = FakeClock()
    station = Station(clock)
    before = len(station.words_of_itself())
    for _ in range(50):
        station.hear(station.topics.about, about_json("Attic", ended=False, run="other"))
    assert len(station.words_of_itself()) == before + 1


@pytest.mark.parametrize(
    ("words", "retained"),
    [
        (about_json("Attic", ended=False, run="earlier"), True),
        (about_json("Attic", ended=True, run="earlier"), False),
        ('{"name": "Attic", "ended": false}', False),
        ('{"name": "Attic", "ended": false, "run": 7}', False),
        ("[", False),
    ],
)
def test_an_earlier_run_of_the_same_computer_is_no_clash(words: str, retained: bool) -> None:
    clock = FakeClock()
    station = Station(clock)
    station.hear(station.topics.alarm("a1"), "{}", retained=True)
    station.hear(station.topics.about, words, retained=retained)
    clock.advance(SETTLED_AFTER_S + 1)
    station.publisher.tick()
    assert station.news == []
    assert (station.topics.alarm("a1"), "") in station.link.said


def test_the_fall_of_one_room_does_not_turn_the_sensor_of_another_off() -> None:
    station = Station(FakeClock())
    for room in ROOMS[:12]:
        station.publisher.show_camera(room, watched=True, words="")
    station.link.said.clear()
    station.publisher.show_alarms([make_alarm("a1", camera="Living room")])
    states = [json.loads(words) for topic, words in station.link.said if topic.endswith("/state")]
    assert [state["fall"] for state in states] == ["ON"]


def test_a_station_s_topic_is_one_that_others_listen_to() -> None:
    """The other computers take the longest station for one."""
    heard: list[Any] = []

    class Dispatcher:
        def mirror(self, alarm: Alarm) -> None:
            heard.append(alarm)

    remote = RemoteAlarms(
        cast(BrokerLink, FakeLink()), Topics("fallwatch", "ward"), cast(Any, Dispatcher()), "here"
    )
    station = station_name("x" * 60, "3f0a9c2e77b1", "y" * 60)
    payload = json.dumps(
        {
            "event_id": "a1", "camera": "Hall", "kind": "fall", "state": "unacknowledged",
            "started_utc": "2026-01-31T03:04:05.678Z", "score": 0.5, "evidence": [],
        }
    )  # fmt: skip
    remote.subscriptions()["fallwatch/+/alarms/+"](
        f"fallwatch/{station}/alarms/a1", payload.encode(), True
    )
    assert len(heard) == 1
