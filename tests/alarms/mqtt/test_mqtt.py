"""Rooms and alarms at a real Mosquitto, and acknowledgements that come from there."""

from __future__ import annotations

import json
import socket
import threading
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from fallwatch.alarms.messages.message import AlarmMessage
from fallwatch.alarms.mqtt.link import BrokerLink
from fallwatch.alarms.mqtt.messenger import MqttMessenger
from fallwatch.alarms.mqtt.publisher import Publisher
from fallwatch.alarms.mqtt.remote import RemoteAlarms
from fallwatch.alarms.mqtt.topics import Topics, is_remote, local_id
from fallwatch.core.protocols import ChannelError
from fallwatch.core.types import Alarm, AlarmState, Priority
from fallwatch.settings import BrokerSettings
from tests.alarms.builders import make_alarm
from tests.alarms.receivers import PASSWORD, USER, Broker, Eavesdropper, running_broker
from tests.waiting import PATIENCE_S, wait_until


class FakeDispatcher:
    """Remembers what is mirrored and raised; acknowledges as the real one does."""

    def __init__(self) -> None:
        self.alarms: dict[str, Alarm] = {}
        self.technical: set[tuple[str, str]] = set()
        self.listener: RemoteAlarms | None = None

    def mirror(self, alarm: Alarm) -> None:
        self.alarms[alarm.event_id] = alarm
        self._tell()

    def raise_technical(self, camera: str, kind: str, message: str) -> None:
        self.technical.add((camera, kind))

    def clear_technical(self, camera: str, kind: str) -> None:
        self.technical.discard((camera, kind))

    def acknowledge(self, event_id: str, by: str) -> None:
        self.alarms[event_id] = replace(
            self.alarms[event_id], state=AlarmState.ACKNOWLEDGED, acknowledged_by=by
        )
        self._tell()

    def state(self, event_id: str) -> AlarmState | None:
        found = self.alarms.get(event_id)
        return found.state if found else None

    def _tell(self) -> None:
        if self.listener is not None:
            alarms = [a for a in self.alarms.values() if a.state is not AlarmState.CLOSED]
            self.listener.show_alarms(alarms)


class Watcher:
    """A station that publishes, with an alarm or two."""

    def __init__(self, broker: Broker, *, user: str = USER, ca_file: str = "") -> None:
        scheme = "mqtts" if ca_file else "mqtt"
        address = f"{scheme}://127.0.0.1:{broker.port}"
        settings = BrokerSettings(address=address, user=user, ca_file=ca_file)
        self.topics = Topics("fallwatch", "attic")
        self.link = BrokerLink(settings, lambda: PASSWORD, self.topics)
        self.answers: list[tuple[str, str]] = []
        self.alarms: dict[str, Alarm] = {}
        self.publisher = Publisher(
            self.link,
            self.topics,
            "Attic PC",
            discovery_prefix="homeassistant",
            acknowledge=self._acknowledge if user else None,
            clips_too=False,
        )
        self.link.attend(self.publisher)
        self.publisher.show_alarms([])
        self.publisher.show_camera("Kitchen", watched=True, words="All is well.")
        self.link.start()

    def show(self, *alarms: Alarm) -> None:
        self.alarms = {alarm.event_id: alarm for alarm in alarms}
        self.publisher.show_alarms(alarms)

    def until_connected(self) -> None:
        wait_until(lambda: self.link.problem is None)

    def end(self) -> None:
        self.publisher.farewell()
        assert self.link.stop(5.0) == []

    def _acknowledge(self, event_id: str, by: str) -> None:
        self.answers.append((event_id, by))
        answered = replace(self.alarms[event_id], state=AlarmState.ACKNOWLEDGED, acknowledged_by=by)
        # As the real dispatcher does: from the thread that told it.
        self.show(answered)


@pytest.fixture
def watcher(broker: Broker, ear: Eavesdropper) -> Iterator[Watcher]:
    watcher = Watcher(broker)
    watcher.until_connected()
    yield watcher
    watcher.end()


@pytest.fixture
def dispatcher(broker: Broker, watcher: Watcher) -> Iterator[FakeDispatcher]:
    """The dispatcher of another computer at the same broker."""
    dispatcher = FakeDispatcher()
    topics = Topics("fallwatch", "ward")
    settings = BrokerSettings(address=f"mqtt://127.0.0.1:{broker.port}", user=USER)
    link = BrokerLink(settings, lambda: PASSWORD, topics)
    dispatcher.listener = RemoteAlarms(link, topics, dispatcher, "this computer")
    link.attend(dispatcher.listener)
    link.start()
    yield dispatcher
    assert link.stop(5.0) == []


def kitchen(event_id: str = "a1", kind: str = "fall", **changes: Any) -> Alarm:
    return make_alarm(event_id, kind, camera="Kitchen", **changes)


def state_of(ear: Eavesdropper) -> dict[str, Any]:
    found = json.loads(ear.latest.get("fallwatch/attic/rooms/kitchen/state", b"{}"))
    assert isinstance(found, dict)
    return found


def test_home_assistant_finds_every_sensor_of_a_room(watcher: Watcher, ear: Eavesdropper) -> None:
    wait_until(lambda: sum(topic.startswith("homeassistant/") for topic in ear.latest) == 6)
    found = {
        topic.split("/")[1] + "/" + topic.split("/")[3]: json.loads(payload)
        for topic, payload in ear.latest.items()
        if topic.startswith("homeassistant/")
    }
    assert set(found) == {
        "binary_sensor/fall",
        "binary_sensor/on_floor",
        "binary_sensor/bed_exit",
        "binary_sensor/problem",
        "image/snapshot",
        "button/acknowledge",
    }
    assert len({each["unique_id"] for each in found.values()}) == 6
    for each in found.values():
        assert each["availability_topic"] == "fallwatch/attic/status"
        assert each["device"]["name"] == "fallwatch Kitchen"
    assert found["binary_sensor/fall"]["state_topic"] in ear.latest
    assert ear.latest["fallwatch/attic/status"] == b"online"


def test_somebody_out_of_bed_is_no_fall_and_hides_none(watcher: Watcher, ear: Eavesdropper) -> None:
    wait_until(lambda: state_of(ear).get("bed_exit") == "OFF")
    notice = kitchen(event_id="b1", kind="bed_exit", priority=Priority.LOW)
    watcher.show(notice)
    wait_until(lambda: state_of(ear)["bed_exit"] == "ON")
    assert (state_of(ear)["fall"], state_of(ear)["on_floor"]) == ("OFF", "OFF")
    assert state_of(ear)["kind"] == "bed_exit"
    watcher.show(notice, kitchen())
    wait_until(lambda: state_of(ear)["fall"] == "ON")
    assert (state_of(ear)["bed_exit"], state_of(ear)["kind"]) == ("ON", "fall")


def test_a_fall_turns_the_room_s_sensors_on_until_it_is_acknowledged(
    watcher: Watcher, ear: Eavesdropper
) -> None:
    wait_until(lambda: state_of(ear).get("fall") == "OFF")
    watcher.show(kitchen())
    wait_until(lambda: state_of(ear)["fall"] == "ON")
    assert state_of(ear)["on_floor"] == "ON"
    assert state_of(ear)["event_id"] == "a1"
    watcher.show(kitchen(state=AlarmState.ACKNOWLEDGED))
    wait_until(lambda: state_of(ear)["fall"] == "OFF")
    assert state_of(ear)["on_floor"] == "ON"
    watcher.show()
    wait_until(lambda: state_of(ear)["on_floor"] == "OFF")
    assert ear.latest["fallwatch/attic/alarms/a1"] == b""


def test_a_camera_that_fails_is_a_problem(watcher: Watcher, ear: Eavesdropper) -> None:
    wait_until(lambda: state_of(ear).get("problem") == "OFF")
    watcher.show(kitchen("c1", "camera_lost"))
    wait_until(lambda: state_of(ear)["problem"] == "ON")
    assert state_of(ear)["fall"] == "OFF"


def test_recorded_clips_turn_no_sensor_on(watcher: Watcher, ear: Eavesdropper) -> None:
    watcher.show(kitchen(from_clip=True), kitchen("b2", "camera_lost"))
    wait_until(lambda: state_of(ear).get("problem") == "ON")
    assert state_of(ear)["fall"] == "OFF"
    assert "fallwatch/attic/alarms/a1" not in ear.latest


def test_an_acknowledgement_is_taken_on_the_right_topic_alone(
    watcher: Watcher, ear: Eavesdropper
) -> None:
    watcher.show(kitchen())
    wait_until(lambda: state_of(ear).get("fall") == "ON")
    ear.say("fallwatch/attic/alarms/a1/acknowledge", "a1")
    ear.say("fallwatch/acknowledge", "a1")
    ear.say("fallwatch/attic/acknowledge", "another")
    ear.say("fallwatch/attic/acknowledge", "{not json")
    ear.say("fallwatch/attic/rooms/kitchen/acknowledge", "something else")
    ear.say("fallwatch/attic/acknowledge", json.dumps({"event_id": "a1", "by": "Ada"}))
    wait_until(lambda: watcher.answers)
    assert watcher.answers == [("a1", "Ada")]


def test_home_assistant_s_button_acknowledges_the_alarms_of_its_room(
    watcher: Watcher, ear: Eavesdropper
) -> None:
    watcher.show(kitchen())
    wait_until(lambda: state_of(ear).get("fall") == "ON")
    ear.say("fallwatch/attic/rooms/kitchen/acknowledge", "ACKNOWLEDGE")
    wait_until(lambda: watcher.answers)
    assert watcher.answers == [("a1", "Home Assistant")]


def test_an_acknowledgement_the_broker_has_kept_is_too_old_to_count(
    broker: Broker, ear: Eavesdropper
) -> None:
    ear.say("fallwatch/attic/rooms/kitchen/acknowledge", "ACKNOWLEDGE", retain=True)
    watcher = Watcher(broker)
    watcher.show(kitchen())
    watcher.until_connected()
    wait_until(lambda: state_of(ear).get("fall") == "ON")
    watcher.end()
    assert watcher.answers == []


def test_without_a_login_no_acknowledgement_is_taken(tmp_path: Path) -> None:
    with running_broker(tmp_path / "open", anonymous=True) as broker:
        ear = Eavesdropper(broker.port, user=None)
        watcher = Watcher(broker, user="")
        watcher.show(kitchen())
        wait_until(lambda: state_of(ear).get("fall") == "ON")
        ear.say("fallwatch/attic/acknowledge", "a1")
        ear.say("fallwatch/attic/rooms/kitchen/acknowledge", "ACKNOWLEDGE")
        watcher.show(kitchen(), kitchen("b2", "camera_lost"))
        wait_until(lambda: state_of(ear)["problem"] == "ON")
        watcher.end()
        ear.close()
        assert watcher.answers == []
        assert not any(topic.startswith("homeassistant/button") for topic in ear.latest)


def test_a_wrong_password_is_told_and_not_shown(broker: Broker) -> None:
    settings = BrokerSettings(address=f"mqtt://127.0.0.1:{broker.port}", user=USER)
    link = BrokerLink(settings, lambda: "wrong-canary", Topics("fallwatch", "attic"))
    link.start()
    wait_until(lambda: "refused the connection" in str(link.problem or ""))
    assert "wrong-canary" not in str(link.problem)
    assert link.stop(5.0) == []


def test_a_killed_watcher_is_offline_by_its_last_will(watcher: Watcher, ear: Eavesdropper) -> None:
    wait_until(lambda: ear.latest.get("fallwatch/attic/status") == b"online")
    client = watcher.link._client
    assert client is not None
    client.on_disconnect = None
    client._sock_close()  # As a killed process does: without a farewell.
    wait_until(lambda: b"offline" in [p for t, p in ear.heard if t.endswith("/status")])


def test_every_alarm_is_published_once_and_its_snapshot_kept(
    watcher: Watcher, ear: Eavesdropper, tmp_path: Path
) -> None:
    messenger = MqttMessenger(watcher.link, watcher.topics, snapshots=True, clips_too=False)
    snapshot = tmp_path / "a1.jpg"
    snapshot.write_bytes(b"a snapshot")
    messenger.send(AlarmMessage("Fall", "", kitchen()))
    messenger.send(AlarmMessage("Fall", "", kitchen(), snapshot))
    wait_until(lambda: "fallwatch/attic/rooms/kitchen/snapshot" in ear.latest)
    assert json.loads(ear.latest["fallwatch/attic/events"])["event_id"] == "a1"
    assert ear.count("fallwatch/attic/events") == 1
    assert ear.latest["fallwatch/attic/rooms/kitchen/snapshot"] == b"a snapshot"
    assert not messenger.wants(make_alarm(local_id("ward", "a1")))


def test_a_broker_that_is_gone_is_a_channel_error_and_used_again_when_it_is_back(
    broker: Broker, watcher: Watcher, ear: Eavesdropper
) -> None:
    messenger = MqttMessenger(watcher.link, watcher.topics, snapshots=True, clips_too=False)
    broker.stop()
    wait_until(lambda: watcher.link.problem is not None)
    with pytest.raises(ChannelError, match=r"\. "):
        messenger.send(AlarmMessage("Fall", "", kitchen()))
    watcher.show(kitchen())
    broker.start()
    wait_until(lambda: state_of(ear).get("fall") == "ON")
    assert "fallwatch/attic/alarms/a1" in ear.latest


def test_another_computer_shows_and_acknowledges_the_alarm(
    watcher: Watcher, dispatcher: FakeDispatcher, ear: Eavesdropper
) -> None:
    mine = local_id("attic", "a1")
    watcher.show(kitchen())
    wait_until(lambda: dispatcher.state(mine) is AlarmState.UNACKNOWLEDGED)
    assert is_remote(mine)
    assert dispatcher.alarms[mine].camera == "Kitchen (Attic PC)"
    dispatcher.acknowledge(mine, "Ada")
    wait_until(lambda: watcher.answers == [("a1", "Ada")])
    wait_until(lambda: state_of(ear)["fall"] == "OFF")
    assert dispatcher.state(mine) is AlarmState.ACKNOWLEDGED
    watcher.show()
    wait_until(lambda: dispatcher.state(mine) is AlarmState.CLOSED)
    assert len(watcher.answers) == 1


def test_an_acknowledgement_that_does_not_arrive_is_taken_back(
    watcher: Watcher, dispatcher: FakeDispatcher, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("fallwatch.alarms.mqtt.remote.ANSWER_WITHIN_S", 1.0)
    deaf = threading.Event()
    monkeypatch.setattr(watcher.publisher, "_acknowledge", lambda *_: deaf.set())
    mine = local_id("attic", "a1")
    watcher.show(kitchen())
    wait_until(lambda: dispatcher.state(mine) is AlarmState.UNACKNOWLEDGED)
    dispatcher.acknowledge(mine, "Ada")
    assert deaf.wait(PATIENCE_S)
    wait_until(lambda: dispatcher.state(mine) is AlarmState.UNACKNOWLEDGED)
    assert "did not reach" in str(dispatcher.alarms[mine].evidence[0])


def test_what_the_broker_sends_that_is_no_alarm_is_left_out(
    watcher: Watcher, dispatcher: FakeDispatcher, ear: Eavesdropper
) -> None:
    good = json.dumps(
        {
            "event_id": "zz",
            "camera": "Hall\x1b[31m",
            "kind": "fall",
            "state": "unacknowledged",
            "started_utc": "2026-01-31T03:04:05.678Z",
            "score": 0.5,
            "evidence": ["one"],
        }
    )
    wait_until(lambda: ear.latest.get("fallwatch/attic/status") == b"online")
    bad = [
        "{}",
        "[" * 5000,
        good.replace("0.5", "NaN"),
        good.replace('"fall"', '"FALL DOWN"'),
        good.replace("2026", "x"),
    ]
    for number, payload in enumerate(bad):
        ear.say(
            f"fallwatch/cellar/alarms/b{number}", payload.replace("zz", f"b{number}"), retain=True
        )
    ear.say("fallwatch/cellar/alarms/other", good, retain=True)  # Not the id of its topic.
    ear.say("fallwatch/../alarms/zz", good, retain=True)
    ear.say("fallwatch/ward/alarms/zz", good, retain=True)  # This computer's own name.
    ear.say("fallwatch/cellar/alarms/zz", good, retain=True)
    wait_until(lambda: dispatcher.alarms)
    assert list(dispatcher.alarms) == [local_id("cellar", "zz")]
    assert dispatcher.alarms[local_id("cellar", "zz")].camera == "Hall[31m (cellar)"


def test_a_watcher_that_vanishes_is_an_alarm_and_one_that_ends_is_none(
    watcher: Watcher, dispatcher: FakeDispatcher, ear: Eavesdropper, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("fallwatch.alarms.mqtt.remote._WATCHER_LOST_AFTER_S", 0.5)
    ear.say(
        "fallwatch/cellar/about", json.dumps({"name": "Cellar PC", "ended": False}), retain=True
    )
    ear.say("fallwatch/cellar/status", "offline", retain=True)
    ear.say("fallwatch/shed/about", json.dumps({"name": "Shed PC", "ended": True}), retain=True)
    ear.say("fallwatch/shed/status", "offline", retain=True)
    wait_until(lambda: ("cellar", "watcher_lost") in dispatcher.technical)
    assert ("shed", "watcher_lost") not in dispatcher.technical
    ear.say("fallwatch/cellar/status", "online", retain=True)
    wait_until(lambda: ("cellar", "watcher_lost") not in dispatcher.technical)


def test_a_broker_that_stays_away_is_an_alarm_until_it_is_back(
    broker: Broker, watcher: Watcher, dispatcher: FakeDispatcher, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("fallwatch.alarms.mqtt.remote._BROKER_LOST_AFTER_S", 0.5)
    lost = ("this computer", "broker_lost")
    dispatcher.technical.add(lost)  # An earlier run was killed while it was so.
    wait_until(lambda: lost not in dispatcher.technical)
    broker.stop()
    wait_until(lambda: lost in dispatcher.technical)
    broker.start()
    wait_until(lambda: lost not in dispatcher.technical)
    assert dispatcher.alarms == {}


# paho leaves the connection it does not trust to the garbage collector.
@pytest.mark.filterwarnings("ignore:unclosed <ssl.SSLSocket:ResourceWarning")
def test_an_encrypted_broker_is_trusted_by_its_certificate_alone(
    tmp_path: Path, certificate: Path
) -> None:
    with running_broker(tmp_path / "tls", certificate=certificate) as broker:
        watcher = Watcher(broker, ca_file=str(certificate))
        watcher.until_connected()
        watcher.end()
        settings = BrokerSettings(address=f"mqtts://127.0.0.1:{broker.port}", user=USER)
        distrustful = BrokerLink(settings, lambda: PASSWORD, Topics("fallwatch", "attic"))
        distrustful.start()
        wait_until(lambda: "certificate" in str(distrustful.problem or ""))
        assert "not trusted (self" in str(distrustful.problem)
        assert distrustful.stop(5.0) == []


# After a failed handshake, paho leaves the socket to the garbage collector.
@pytest.mark.filterwarnings("ignore::ResourceWarning")
@pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")
@pytest.mark.parametrize(
    ("answer", "scheme", "words"),
    [
        (b"HTTP/1.1 400 Bad Request\r\n\r\n", "mqtts", "cannot be spoken to with encryption"),
        (b"", "mqtt", "ends the connection before it has said a word"),
        (None, "mqtt", "nothing listens there"),
    ],
)
def test_it_is_told_what_a_connection_fails_of(
    answer: bytes | None, scheme: str, words: str
) -> None:
    with socket.socket() as server:
        server.bind(("127.0.0.1", 0))
        if answer is not None:
            server.listen()
            threading.Thread(target=_answer_all, args=(server, answer), daemon=True).start()
        address = f"{scheme}://127.0.0.1:{server.getsockname()[1]}"
        link = BrokerLink(BrokerSettings(address=address), str, Topics("fallwatch", "attic"))
        link.start()
        wait_until(lambda: words in str(link.problem))
        assert link.stop(5.0) == []


def test_a_broker_whose_name_nobody_knows_is_told_as_that() -> None:
    settings = BrokerSettings(address="mqtt://broker.invalid")
    link = BrokerLink(settings, str, Topics("fallwatch", "attic"))
    link.start()
    wait_until(lambda: "nobody in the network knows its name" in str(link.problem))
    assert link.stop(5.0) == []


def _answer_all(server: socket.socket, answer: bytes) -> None:
    with suppress(OSError):
        while True:
            connection, _ = server.accept()
            connection.sendall(answer)
            connection.close()


@pytest.fixture
def certificate(tmp_path: Path) -> Path:
    """A certificate for this computer that signs itself, with its key beside it."""
    import shutil
    import subprocess

    if shutil.which("openssl") is None:
        pytest.skip("no openssl here to make a certificate with")
    path = tmp_path / "broker.pem"
    command = [
        "openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2",
        "-subj", "/CN=127.0.0.1", "-addext", "subjectAltName=IP:127.0.0.1",
        "-keyout", str(path.with_suffix(".key")), "-out", str(path),
    ]  # fmt: skip
    subprocess.run(command, check=True, capture_output=True)
    return path
