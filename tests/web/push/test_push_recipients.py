"""Alarms reach phones that want them, encrypted, again and again, and never hold up the watch."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from fallwatch.alarms.lifecycle import is_unacknowledged
from fallwatch.core.message import Message
from fallwatch.core.protocols import ChannelError
from fallwatch.core.types import Alarm
from fallwatch.dispatch import delivery_worker
from fallwatch.dispatch.message_channel import MESSAGES_WAITING
from fallwatch.events.outbox import LetterState, Outbox, Part
from fallwatch.web.access.devices import Device
from fallwatch.web.push.push_recipients import PUSH_ENDED, PushRecipients, recipient_name
from fallwatch.web.push.server_key import SERVER_KEY_FILE, ServerKey
from tests.waiting import wait_until
from tests.web.push.fake_service import FakePushService, signer_of
from tests.web.scene import ROOM, Scene


@pytest.fixture
def phone(scene: Scene, service: FakePushService) -> Device:
    """Is let in, and wants notifications."""
    device, _ = scene.devices.add("Anna", "look")
    scene.devices.subscribe(device.device_id, service.subscription())
    scene.push.follow()
    return scene.devices.all()[0]


@pytest.fixture
def hasty(monkeypatch: pytest.MonkeyPatch) -> None:
    """Whatever failed is tried again soon."""
    pace = delivery_worker.Pace(first_retry_s=0.05, longest_retry_s=0.1, backlog_after_s=0.2)
    monkeypatch.setattr(delivery_worker, "Pace", lambda: pace)


def delivered(scene: Scene, alarm: Alarm) -> list[tuple[Part, LetterState]]:
    found = Outbox(scene.services.store).deliveries([alarm.event_id])
    return [(each.letter.part, each.state) for each in found.get(alarm.event_id, ())]


def open_kinds(scene: Scene) -> set[str]:
    return {each.kind for each in scene.services.dispatcher.open_alarms}


def test_an_alarm_and_its_end_reach_the_phone(
    scene: Scene, service: FakePushService, phone: Device, tmp_path: Path
) -> None:
    alarm = scene.fall()
    wait_until(lambda: len(service.arrived) == 1)
    (arrived,), (content,) = service.arrived, service.contents()
    assert content["title"] == f"Fall – {ROOM}"
    assert (content["id"], content["urgency"]) == (alarm.event_id, "waits")
    assert str(alarm.evidence[0]) in content["body"]
    assert set(content) == {"id", "title", "body", "since_utc", "urgency", "language"}
    assert ROOM.encode() not in arrived.body
    key, _ = signer_of(arrived.headers["authorization"], service.address)
    assert key == ServerKey(tmp_path / SERVER_KEY_FILE).public()
    assert arrived.headers["content-encoding"] == "aes128gcm"
    assert arrived.headers["urgency"] == "high"
    assert int(arrived.headers["ttl"]) == 24 * 3600
    assert len(arrived.headers["topic"]) <= 32
    scene.services.dispatcher.acknowledge(alarm.event_id, "Ben")
    wait_until(lambda: len(service.arrived) == 2)
    end = service.contents()[1]
    assert (end["id"], end["urgency"]) == (alarm.event_id, "over")
    assert "Acknowledged by Ben." in end["body"]
    assert service.arrived[1].headers["topic"] == arrived.headers["topic"]
    wait_until(lambda: (Part.END, LetterState.DELIVERED) in delivered(scene, alarm))


def test_raised_again_it_is_told_again_and_so_is_its_end(
    scene: Scene, service: FakePushService, phone: Device
) -> None:
    alarm = scene.fall()
    wait_until(lambda: len(service.arrived) == 1)
    scene.services.dispatcher.acknowledge(alarm.event_id, "Ben")
    wait_until(lambda: len(service.arrived) == 2)
    scene.services.dispatcher.judge(alarm.event_id, "false alarm", "Ben")
    scene.fall()
    wait_until(lambda: len(service.arrived) >= 3)
    (now,) = scene.services.dispatcher.open_alarms
    assert is_unacknowledged(now)
    assert service.contents()[2]["urgency"] == "waits"


def test_nobody_is_told_of_the_end_of_what_they_were_never_told(
    scene: Scene, service: FakePushService
) -> None:
    alarm = scene.fall()
    scene.services.dispatcher.acknowledge(alarm.event_id, "Ben")
    device, _ = scene.devices.add("Anna", "look")
    scene.devices.subscribe(device.device_id, service.subscription())
    scene.push.follow()
    later = scene.services.dispatcher.raise_technical(ROOM, "camera_lost", Message("Gone."))
    wait_until(lambda: service.arrived)
    time.sleep(0.3)
    assert {each["id"] for each in service.contents()} == {later.event_id}


def test_an_end_is_told_that_a_restart_came_between(
    scene: Scene, service: FakePushService, phone: Device
) -> None:
    alarm = scene.fall()
    wait_until(lambda: (Part.TEXT, LetterState.DELIVERED) in delivered(scene, alarm))
    scene.push.stop()
    scene.services.dispatcher.acknowledge(alarm.event_id, "Ben")
    assert len(service.arrived) == 1
    scene.push.follow()
    wait_until(lambda: len(service.arrived) == 2)
    assert service.contents()[1]["urgency"] == "over"


def test_who_is_there_while_an_alarm_waits_is_told_of_it(
    scene: Scene, service: FakePushService
) -> None:
    alarm = scene.fall()
    device, _ = scene.devices.add("Anna", "look")
    scene.devices.subscribe(device.device_id, service.subscription("de"))
    scene.push.follow()
    wait_until(lambda: service.arrived)
    (content,) = service.contents()
    assert (content["id"], content["title"]) == (alarm.event_id, f"Sturz – {ROOM}")


@pytest.mark.usefixtures("hasty")
@pytest.mark.parametrize("refusal", [500, 429, 307])
def test_a_service_that_fails_is_tried_again_until_it_takes_it(
    scene: Scene, service: FakePushService, phone: Device, refusal: int
) -> None:
    service.answers = [refusal, refusal]
    alarm = scene.fall()
    wait_until(lambda: (Part.TEXT, LetterState.DELIVERED) in delivered(scene, alarm))
    assert len(service.arrived) == 3
    assert {each.path for each in service.arrived} == {"/push/one"}, "nobody is followed elsewhere"


@pytest.mark.usefixtures("hasty")
def test_a_service_that_is_down_for_long_is_an_alarm_until_it_is_back(
    scene: Scene, service: FakePushService, phone: Device
) -> None:
    service.answers = [503] * 10
    scene.fall()
    wait_until(lambda: MESSAGES_WAITING in open_kinds(scene))
    words = next(
        str(each.evidence[0])
        for each in scene.services.dispatcher.open_alarms
        if each.kind == MESSAGES_WAITING
    )
    assert "503" in words
    assert "/push/one" not in words, "the address is the phone's secret"
    wait_until(lambda: MESSAGES_WAITING not in open_kinds(scene))


@pytest.mark.parametrize("status", [404, 410])
def test_a_subscription_that_is_gone_is_removed_and_told(
    scene: Scene, service: FakePushService, phone: Device, status: int
) -> None:
    service.answers = [status] * 100
    alarm = scene.fall()
    wait_until(lambda: scene.devices.all()[0].push is None)
    scene.push.follow()
    wait_until(lambda: PUSH_ENDED in open_kinds(scene))
    assert (Part.TEXT, LetterState.DROPPED) in delivered(scene, alarm)
    # Switched on again, that is over.
    scene.devices.subscribe(phone.device_id, service.subscription())
    scene.push.follow()
    assert PUSH_ENDED not in open_kinds(scene)


def test_who_is_put_out_gets_nothing_more(
    scene: Scene, service: FakePushService, phone: Device
) -> None:
    scene.devices.revoke(phone.device_id)
    scene.push.follow()
    alarm = scene.fall()
    scene.services.dispatcher.acknowledge(alarm.event_id, "Ben")
    assert delivered(scene, alarm) == []
    assert service.arrived == []


def test_a_service_that_never_answers_holds_up_nobody(
    scene: Scene, service: FakePushService, phone: Device, other_service: FakePushService
) -> None:
    other, _ = scene.devices.add("Ben", "look")
    scene.devices.subscribe(other.device_id, other_service.subscription())
    scene.push.follow()
    service.gate.clear()
    began_s = time.monotonic()
    alarm = scene.fall()
    scene.push.follow()
    assert time.monotonic() - began_s < 15.0, "a delivery that hangs takes 20 s"
    wait_until(lambda: other_service.arrived)
    scene.services.dispatcher.acknowledge(alarm.event_id, "Ben")
    wait_until(lambda: len(other_service.arrived) == 2)
    assert len(service.arrived) == 1
    service.gate.set()
    wait_until(lambda: len(service.arrived) == 2)


@pytest.fixture
def other_service() -> Iterator[FakePushService]:
    service = FakePushService()
    yield service
    service.close()


def test_alarms_of_recorded_clips_are_nobody_s_business_elsewhere(
    scene: Scene, service: FakePushService, phone: Device
) -> None:
    from tests.alarms.builders import make_event

    alarm = scene.services.dispatcher.raise_event(
        make_event(camera=ROOM), started_unix_s=time.time(), from_clip=True
    )
    assert delivered(scene, alarm) == []


def test_a_test_arrives_or_says_why_not(
    scene: Scene, service: FakePushService, phone: Device
) -> None:
    scene.push.send_trial(phone)
    assert service.contents()[0]["title"] == "fallwatch: a test"
    service.answers = [500]
    with pytest.raises(ChannelError, match="500"):
        scene.push.send_trial(phone)
    service.close()
    with pytest.raises(ChannelError, match="cannot be reached"):
        scene.push.send_trial(phone)


def test_two_phones_of_one_name_are_two_recipients(scene: Scene) -> None:
    names = {recipient_name(scene.devices.add("Phone", "look")[0]) for _ in range(2)}
    assert len(names) == 2


def test_nothing_is_sent_before_somebody_wants_it(scene: Scene, tmp_path: Path) -> None:
    scene.devices.add("Anna", "look")
    recipients = PushRecipients(
        scene.services, scene.devices, ServerKey(tmp_path / "other" / SERVER_KEY_FILE)
    )
    recipients.follow()
    scene.fall()
    assert not (tmp_path / "other").exists()


def test_one_test_at_a_time_is_enough(scene: Scene, service: FakePushService) -> None:
    client = scene.client("look")
    (device,) = scene.devices.all()
    scene.devices.subscribe(device.device_id, service.subscription())
    service.gate.clear()
    statuses: list[int] = []

    def send() -> None:
        statuses.append(client.post("/api/push/test", json={}).status_code)

    first = threading.Thread(target=send)
    first.start()
    wait_until(lambda: service.arrived)
    assert client.post("/api/push/test", json={}).status_code == 429
    service.gate.set()
    first.join(60.0)
    assert statuses == [200]
    assert client.post("/api/push/test", json={}).status_code == 200
