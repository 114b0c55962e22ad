"""Floods a broker with forged alarms and huge messages, while people fall here and elsewhere."""

from __future__ import annotations

import argparse
import tempfile
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from fallwatch.alarms.mqtt.documents import alarm_json
from fallwatch.alarms.mqtt.intake import MAX_OPEN
from fallwatch.alarms.mqtt.remote import BROKER_FLOOD
from fallwatch.alarms.mqtt.topics import Topics
from fallwatch.alarms.priority import priority_of
from fallwatch.core.message import Message
from fallwatch.core.types import Alarm, AlarmState, Box, EventKind, FallEvent
from fallwatch.runtime.alarm_services import AlarmServices
from fallwatch.settings import BrokerSettings, Settings
from fallwatch.system.secrets.passwords import Passwords
from tests.faults.registry import Command
from tests.faults.report import Report, Row

if TYPE_CHECKING:
    from tests.alarms.receivers import Broker

#: What is promised while somebody floods the broker.
LOCAL_WITHIN_S, REMOTE_WITHIN_S = 1.0, 5.0

_FORGED, _TRUE = "forger", "nursery"
_HUGE_BYTES = 20_000_000
_EVERY_HUGE = 200


def run(arguments: argparse.Namespace) -> Report:
    """The long form."""
    return Report("broker", (flooded(arguments.seconds, arguments.rate),))


def flooded(seconds: float, rate: float) -> Row:
    """Flood it.

    Args:
        seconds: How long.
        rate: Forged messages a second, one in 200 of them of 20 MB.
    """
    from tests.alarms.receivers import running_broker

    local_s: list[float] = []
    remote_s: list[float] = []
    with (
        tempfile.TemporaryDirectory() as folder,
        running_broker(Path(folder) / "broker") as broker,
        _watching(Path(folder), broker) as services,
        _flood(broker, rate),
    ):
        _wait(lambda: any(each.kind == BROKER_FLOOD for each in _open(services)), 60.0)
        until_s = time.monotonic() + seconds
        number = 0
        while time.monotonic() < until_s:
            number += 1
            local_s.append(_local(services, number))
            remote_s.append(_remote(services, broker, number))
        flood_is_told = any(each.kind == BROKER_FLOOD for each in _open(services))
        forged = sum(each.camera.startswith(_FORGED) for each in _open(services))
    kept = (
        flood_is_told
        and forged <= MAX_OPEN
        and max(local_s) <= LOCAL_WITHIN_S
        and max(remote_s) <= REMOTE_WITHIN_S
    )
    return Row(
        "Whoever floods the broker keeps back no true alarm and no acknowledgement",
        f"{rate:.0f} messages a second, 500 forged alarms again and again, some of "
        f"{_HUGE_BYTES // 1_000_000} MB",
        len(local_s) + len(remote_s),
        f"an alarm here raised and acknowledged within {max(local_s):.2f} s, one of another "
        f"computer here within {max(remote_s):.1f} s; {forged} forged ones open, and the flood "
        f"{'is told' if flood_is_told else 'is not told'}",
        kept,
    )


@contextmanager
def _watching(folder: Path, broker: Broker) -> Iterator[AlarmServices]:
    from tests.alarms.receivers import PASSWORD, USER

    address = f"mqtt://127.0.0.1:{broker.port}"
    settings = Settings(broker=BrokerSettings(address=address, user=USER))
    passwords = Passwords()
    passwords.remember(address, USER, PASSWORD)
    services = AlarmServices(
        lambda: settings, passwords, folder=folder / "data", channels=(), remote_rooms=True
    )
    services.start()
    try:
        yield services
    finally:
        services.stop()


@contextmanager
def _flood(broker: Broker, rate: float) -> Iterator[None]:
    from tests.alarms.receivers import Eavesdropper

    sender = Eavesdropper(broker.port)
    stopping = threading.Event()
    topics = Topics("fallwatch", _FORGED)

    def send() -> None:
        number = 0
        while not stopping.wait(1.0 / rate):
            number += 1
            alarm = _alarm(f"forged{number % 500}", f"{_FORGED} {number}")
            huge = " " * _HUGE_BYTES if number % _EVERY_HUGE == 0 else ""
            sender._client.publish(topics.alarm(alarm.event_id), alarm_json(alarm) + huge, qos=0)

    thread = threading.Thread(target=send, name="forger")
    thread.start()
    try:
        yield
    finally:
        stopping.set()
        thread.join()
        sender.close()


def _local(services: AlarmServices, number: int) -> float:
    """Seconds for an alarm here to be raised and acknowledged."""
    began_s = time.monotonic()
    box = Box(0, 0, 10, 10)
    event = FallEvent(EventKind.FALL, "Hall", number, 1.0, 1.0, 0.9, (Message("fast"),), box)
    alarm = services.dispatcher.raise_event(event, started_unix_s=time.time(), from_clip=False)
    services.dispatcher.acknowledge(alarm.event_id, "drill")
    return time.monotonic() - began_s


def _remote(services: AlarmServices, broker: Broker, number: int) -> float:
    """Seconds until a true alarm of another computer is here."""
    from tests.alarms.receivers import Eavesdropper

    alarm = _alarm(f"true{number}", f"{_TRUE} {number}")
    teller = Eavesdropper(broker.port)
    try:
        began_s = time.monotonic()
        teller.say(Topics("fallwatch", _TRUE).alarm(alarm.event_id), alarm_json(alarm))
        found = _wait(
            lambda: any(each.camera.startswith(alarm.camera) for each in _open(services)), 60.0
        )
        took_s = time.monotonic() - began_s if found else float("inf")
        over = alarm_json(_alarm(alarm.event_id, alarm.camera, AlarmState.CLOSED))
        teller.say(Topics("fallwatch", _TRUE).alarm(alarm.event_id), over)
    finally:
        teller.close()
    return took_s


def _open(services: AlarmServices) -> tuple[Alarm, ...]:
    return services.dispatcher.open_alarms


def _alarm(event_id: str, camera: str, state: AlarmState = AlarmState.UNACKNOWLEDGED) -> Alarm:
    return Alarm(
        event_id, camera, "fall", priority_of("fall"), state, "2026-03-01T02:14:07.250Z", 0.9,
        (Message("fast descent"),),
    )  # fmt: skip


def _wait(condition: object, longest_s: float) -> bool:
    from tests.faults.process.asked_falls import wait

    return wait(condition, longest_s)  # type: ignore[arg-type]


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Options of the command."""
    parser.add_argument("--seconds", type=float, default=60.0, help="how long (60)")
    parser.add_argument("--rate", type=float, default=100.0, help="forged messages a second (100)")


COMMAND = Command("broker", "Flood its broker.", add_arguments, run)
