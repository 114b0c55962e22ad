"""Messages and the broker as a whole: two computers, one broker, one web hook, all real."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from fallwatch import paths
from fallwatch.alarms.escalation import EscalationPolicy
from fallwatch.alarms.mqtt.topics import is_remote, station_name
from fallwatch.core.message import Message
from fallwatch.core.types import Alarm, AlarmState
from fallwatch.dispatch.alarm_dispatcher import AlarmDispatcher
from fallwatch.dispatch.answer_links import AnswerLinks
from fallwatch.dispatch.answer_urls import AnswerUrls
from fallwatch.dispatch.notifications import MESSAGE_SECRETS, Notifications
from fallwatch.dispatch.policy import escalation_policy
from fallwatch.events.outbox import LetterState, Outbox
from fallwatch.events.store import EventStore
from fallwatch.pipeline.health.status import Fault, MonitorState, MonitorStatus
from fallwatch.recording.media import MediaFolder
from fallwatch.settings import BrokerSettings, MessageSettings, Settings, WebSettings
from fallwatch.system.installation import INSTALLATION_FILE, installation_id
from fallwatch.system.secrets.passwords import Passwords
from tests.alarms.builders import make_alarm, make_event
from tests.alarms.receivers import (
    PASSWORD,
    USER,
    Broker,
    Eavesdropper,
    HttpReceiver,
)
from tests.repository import REPOSITORY
from tests.waiting import wait_until


class Computer:
    """One computer: its record, its dispatcher, and how it reaches out."""

    def __init__(self, folder: Path, settings: Settings, passwords: Passwords, **options: object):
        self.store = EventStore(folder / "events.db")
        self.media = MediaFolder(folder / "recordings")
        self.notifications = Notifications(settings, self.store, self.media, passwords, **options)  # type: ignore[arg-type]
        self.dispatcher = AlarmDispatcher(
            self.store,
            self.notifications.channels,
            escalation_policy(settings),
            on_change=self.notifications.on_alarms,
        )
        self.dispatcher.start()
        self.notifications.start(self.dispatcher)

    @property
    def alarms(self) -> dict[str, Alarm]:
        return {alarm.camera: alarm for alarm in self.dispatcher.open_alarms}

    def fall(self) -> Alarm:
        event = make_event(camera="Kitchen")
        return self.dispatcher.raise_event(event, started_unix_s=1_769_828_645.0, from_clip=False)

    def close(self) -> None:
        assert self.dispatcher.stop() == []
        assert self.notifications.stop(5.0) == []
        self.store.close()


@pytest.fixture
def web() -> Iterator[HttpReceiver]:
    receiver = HttpReceiver()
    yield receiver
    receiver.close()


def knowing(port: int, broker: BrokerSettings) -> Passwords:
    passwords = Passwords()
    passwords.remember(MESSAGE_SECRETS, "Anna", f"json://127.0.0.1:{port}/")
    passwords.remember(broker.address, broker.user, PASSWORD)
    return passwords


def test_a_fall_in_one_house_is_told_shown_and_acknowledged_in_another(
    tmp_path: Path, broker: Broker, web: HttpReceiver
) -> None:
    at = BrokerSettings(address=f"mqtt://127.0.0.1:{broker.port}", user=USER, station="Attic")
    here = at.model_copy(update={"station": "Ward"})
    passwords = knowing(web.port, at)
    watching = Settings(broker=at, messages=(MessageSettings(name="Anna"),))
    ear = Eavesdropper(broker.port)
    watcher = Computer(tmp_path / "1", watching, passwords, room="Kitchen")
    ward = Computer(tmp_path / "2", Settings(broker=here), passwords, remote_rooms=True)
    try:
        watcher.notifications.on_status(
            MonitorStatus("Kitchen", MonitorState.RUNNING, Message("All is well."), 15.0, 0.1)
        )
        fall = watcher.fall()
        watcher.media.write(watcher.media.snapshot(fall.event_id), b"a snapshot")
        wait_until(lambda: "Kitchen (Attic)" in ward.alarms)
        shown = ward.alarms["Kitchen (Attic)"]
        assert is_remote(shown.event_id)
        assert ward.store.get(shown.event_id) == shown
        # Words and snapshot, to Anna and to the broker.
        wait_until(lambda: len(web.requests) == 2)
        assert json.loads(web.requests[0].body)["title"] == "Fall in Kitchen"
        identity = installation_id(paths.config_dir() / INSTALLATION_FILE)
        station = station_name("Attic", identity, "Kitchen")
        snapshot = f"fallwatch/{station}/rooms/kitchen/snapshot"
        wait_until(lambda: ear.latest.get(snapshot) == b"a snapshot")
        ward.dispatcher.acknowledge(shown.event_id, "Ada")
        wait_until(lambda: watcher.alarms["Kitchen"].state is AlarmState.ACKNOWLEDGED)
        assert watcher.alarms["Kitchen"].acknowledged_by == "Ada"
        outbox = Outbox(watcher.store)

        def all_delivered() -> bool:
            found = outbox.deliveries([fall.event_id])[fall.event_id]
            return [each.state for each in found] == [LetterState.DELIVERED] * 4

        wait_until(all_delivered)
        assert not any(
            topic.startswith(f"fallwatch/ward-{identity}/alarms") for topic in ear.latest
        )
    finally:
        ear.close()
        watcher.close()
        ward.close()


def test_the_calling_chain_is_that_of_the_settings() -> None:
    ways = (
        MessageSettings(name="Anna"),
        MessageSettings(name="Office", step=2),
        MessageSettings(name="Ben", after_s=300.0),
    )
    policy = escalation_policy(Settings(messages=ways))
    assert isinstance(policy, EscalationPolicy)
    assert policy.waits_s == {"Office": 60.0, "Ben": 300.0}


def test_whoever_comes_later_is_told_only_of_what_nobody_acknowledges(tmp_path: Path) -> None:
    passwords = Passwords()
    for name in ("Anna", "Ben"):
        passwords.remember(MESSAGE_SECRETS, name, "json://127.0.0.1:9/")
    ways = (MessageSettings(name="Anna"), MessageSettings(name="Ben", step=2))
    settings = Settings(messages=ways)
    notifications = Notifications(
        settings, EventStore(tmp_path / "events.db"), MediaFolder(tmp_path), passwords
    )
    later = {worker.name: worker._comes_later for worker in notifications._messages._couriers}
    assert later == {"Anna": False, "Ben": True}


def test_a_message_whose_address_is_not_known_waits_and_says_why(tmp_path: Path) -> None:
    passwords = Passwords()
    passwords.remember(MESSAGE_SECRETS, "Anna", "")
    settings = Settings(messages=(MessageSettings(name="Anna"),))
    computer = Computer(tmp_path, settings, passwords)
    try:
        fall = computer.fall()
        outbox = Outbox(computer.store)
        wait_until(
            lambda: any(
                d.problem for d in outbox.deliveries([fall.event_id]).get(fall.event_id, ())
            )
        )
        (words, _) = outbox.deliveries([fall.event_id])[fall.event_id]
        assert "address of Anna is not known" in str(words.problem)
    finally:
        computer.close()


_NOTHING = """
import sys, threading
def hook(event, arguments):
    if event.startswith("socket.") and event != "socket.gethostname":
        raise SystemExit(f"a socket was touched: {event}")
sys.addaudithook(hook)
from pathlib import Path
from fallwatch.core.message import Message
from fallwatch.recording.media import MediaFolder
from fallwatch.events.store import EventStore
from fallwatch.system.secrets.passwords import Passwords
from fallwatch.dispatch.alarm_dispatcher import AlarmDispatcher
from fallwatch.dispatch.answer_urls import AnswerUrls
from fallwatch.dispatch.policy import escalation_policy
from fallwatch.dispatch.notifications import Notifications
from fallwatch.settings import Settings
folder = Path(sys.argv[1])
store = EventStore(folder / "events.db")
notifications = Notifications(Settings(), store, MediaFolder(folder), Passwords(),
                              remote_rooms=True)
policy = escalation_policy(Settings())
dispatcher = AlarmDispatcher(store, notifications.channels, policy,
                             on_change=notifications.on_alarms)
dispatcher.start(); notifications.start(dispatcher)
dispatcher.raise_technical("kitchen", "camera_lost", Message("It is lost."))
assert not {"apprise", "paho"} & {name.partition(".")[0] for name in sys.modules}, "imported"
dispatcher.stop(); notifications.stop(); store.close()
"""


def test_with_nobody_to_tell_nothing_is_imported_and_no_socket_opened(tmp_path: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-c", _NOTHING, str(tmp_path)],
        cwd=REPOSITORY,
        capture_output=True,
        text=True,
        check=False,
    )
    assert (done.returncode, done.stderr) == (0, "")


def test_a_room_with_a_fault_is_not_watched_at_the_broker_either(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings = Settings(broker=BrokerSettings(address="mqtt://127.0.0.1:9"))
    store = EventStore(tmp_path / "events.db")
    notifications = Notifications(settings, store, MediaFolder(tmp_path), Passwords())
    told: list[dict[str, object]] = []
    assert notifications._publisher is not None
    monkeypatch.setattr(
        notifications._publisher, "show_camera", lambda camera, **how: told.append(how)
    )
    slow = Fault("analysis_slow", Message("Close other programs."))
    for faults in ((), (slow,)):
        notifications.on_status(
            MonitorStatus("Hall", MonitorState.RUNNING, Message("Fine."), 1.0, 0.1, faults)
        )
    assert told == [
        {"watched": True, "words": "Fine."},
        {"watched": False, "words": "Close other programs."},
    ]
    store.close()


def test_messages_carry_a_link_that_acknowledges_their_alarm_alone(
    tmp_path: Path, web: HttpReceiver
) -> None:
    passwords = Passwords()
    for name in ("Anna", "Ben"):
        passwords.remember(MESSAGE_SECRETS, name, f"json://127.0.0.1:{web.port}/{name}")
    settings = Settings(
        messages=(MessageSettings(name="Anna"), MessageSettings(name="Ben")),
        web=WebSettings(address="https://home.example/fallwatch/"),
    )
    computer = Computer(tmp_path, settings, passwords)
    try:
        fall = computer.fall()
        wait_until(lambda: len(web.requests) == 2)
        links = {}
        for request in web.requests:
            line = json.loads(request.body)["message"].splitlines()[-1]
            address, _, token = line.rpartition("/")
            assert address == "Acknowledge: https://home.example/fallwatch/acknowledge"
            links[request.path.strip("/")] = AnswerLinks(computer.store).find(token)
        assert {name: link and link.event_id for name, link in links.items()} == {
            "Anna": fall.event_id,
            "Ben": fall.event_id,
        }
        assert {link and link.recipient for link in links.values()} == {"Anna", "Ben"}
    finally:
        computer.close()


def test_without_an_address_or_anything_to_answer_there_is_no_link(tmp_path: Path) -> None:
    store = EventStore(tmp_path / "events.db")
    anna = (MessageSettings(name="Anna"),)
    web = WebSettings(address="https://home.example")
    alarm = make_alarm()
    urls = AnswerUrls(Settings(messages=anna, web=web), store)
    assert urls("Anna", alarm).startswith("https://home.example/acknowledge/")
    assert urls("MQTT", alarm) == ""
    assert urls("Anna", make_alarm(state=AlarmState.ACKNOWLEDGED)) == ""
    assert AnswerUrls(Settings(messages=anna), store)("Anna", alarm) == ""
    store.close()


def test_a_record_that_fails_costs_the_link_and_not_the_message(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    settings = Settings(
        messages=(MessageSettings(name="Anna"),), web=WebSettings(address="https://home.example")
    )
    assert (
        AnswerUrls(settings, EventStore(tmp_path / "file" / "events.db"))("Anna", make_alarm())
        == ""
    )
