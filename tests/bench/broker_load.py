"""Delay of alarms through one Mosquitto that serves a whole house.

``python -m tests.bench.broker_load [ROOMS]`` starts a broker on this computer and as many stations
as it takes for so many rooms, nine to a station, each by the app's own publisher. Every room raises
an alarm once a minute, at moments spread over it, and a listener takes the time from the raising
to the hearing. Stations and listener share this process, which makes all of it later than it would
be from many computers.
"""

from __future__ import annotations

import random
import sys
import tempfile
import threading
import time
from dataclasses import replace
from pathlib import Path

from rich.console import Console
from rich.progress import track

from fallwatch.alarms.mqtt.link import BrokerLink
from fallwatch.alarms.mqtt.publisher import Publisher
from fallwatch.alarms.mqtt.topics import Topics
from fallwatch.bench.figures import percentile
from fallwatch.core.types import Alarm, AlarmState, Priority
from fallwatch.events.times import utc_now, utc_text
from fallwatch.settings import MAX_CAMERAS, BrokerSettings
from tests.alarms.receivers import PASSWORD, USER, running_broker
from tests.waiting import wait_until

_BASE = "fallwatch"
_SECONDS = 60.0


class Station:
    """One watching computer at the broker."""

    def __init__(self, number: int, broker: BrokerSettings) -> None:
        self.name = f"station-{number}"
        topics = Topics(_BASE, self.name)
        self.link = BrokerLink(broker, lambda: PASSWORD, topics)
        self.publisher = Publisher(
            self.link, topics, self.name, discovery_prefix="", acknowledge=None, clips_too=False
        )
        self.link.attend(self.publisher)

    def raise_alarm(self, room: int, count: int) -> str:
        """Tell of a new alarm; the one before it is over."""
        alarm = Alarm(
            f"{self.name}-{room}-{count}",
            f"Room {room}",
            "fall",
            Priority.HIGH,
            AlarmState.UNACKNOWLEDGED,
            utc_text(utc_now()),
            0.9,
        )
        self.publisher.show_alarms([replace(alarm)])
        return alarm.event_id


class Listener:
    """Hears every alarm at the broker."""

    def __init__(self, port: int) -> None:
        from paho.mqtt.client import Client
        from paho.mqtt.enums import CallbackAPIVersion

        self.heard_s: dict[str, float] = {}
        self._client = Client(CallbackAPIVersion.VERSION2)
        self._client.username_pw_set(USER, PASSWORD)
        self._client.on_message = self._on_message
        self._client.connect("127.0.0.1", port)
        self._client.subscribe(f"{_BASE}/#", qos=1)
        self._client.loop_start()

    def _on_message(self, client: object, userdata: object, message: object) -> None:
        now_s = time.perf_counter()
        if getattr(message, "payload", b""):
            self.heard_s.setdefault(str(getattr(message, "topic", "")).rpartition("/")[2], now_s)

    def close(self) -> None:
        self._client.loop_stop()
        self._client.disconnect()


def main(rooms: int) -> None:
    """Measure, and print one line."""
    with tempfile.TemporaryDirectory() as folder, running_broker(Path(folder)) as broker:
        settings = BrokerSettings(address=f"mqtt://127.0.0.1:{broker.port}", user=USER)
        stations = [Station(n, settings) for n in range(-(-rooms // MAX_CAMERAS))]
        for station in stations:
            station.link.start()
        listener = Listener(broker.port)
        wait_until(lambda: all(station.link.problem is None for station in stations))
        raised_s = _raise_all(stations, rooms)
        wait_until(lambda: raised_s.keys() <= listener.heard_s.keys())
        listener.close()
        for station in stations:
            station.link.stop()
    delays_ms = [1000 * (listener.heard_s[event] - at_s) for event, at_s in raised_s.items()]
    p50, p95, p99 = (percentile(delays_ms, share) for share in (50, 95, 99))
    Console(highlight=False).print(
        f"{rooms} rooms, {len(stations)} stations, {len(delays_ms)} alarms in {_SECONDS:.0f} s: "
        f"all heard; p50 {p50:.0f}, p95 {p95:.0f}, p99 {p99:.0f}, at most {max(delays_ms):.0f} ms"
    )


def _raise_all(stations: list[Station], rooms: int) -> dict[str, float]:
    random.seed(1)
    moments = sorted((random.uniform(0.0, _SECONDS), room) for room in range(rooms))
    began_s, raised_s = time.perf_counter(), dict[str, float]()
    pause = threading.Event()
    for count, (at_s, room) in enumerate(track(moments, "Alarms", transient=True)):
        pause.wait(max(0.0, began_s + at_s - time.perf_counter()))
        now_s = time.perf_counter()
        event = stations[room // MAX_CAMERAS].raise_alarm(room, count)
        raised_s[event] = now_s
    return raised_s


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 1000)
