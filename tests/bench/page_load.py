"""Cost of the page for phones to the watch: ``python -m tests.bench.page_load``.

A room is watched with the real models, first alone, then with viewers, each of whom follows the
state and asks for images as the page does, and with connections that say nothing. It prints the
analysed frames a second with and without, and how long an alarm takes to every viewer. The viewers
are a process of their own on the same computer: what they cost themselves counts against the watch.
"""

from __future__ import annotations

import argparse
import asyncio
import contextlib
import json
import multiprocessing
import statistics
import sys
import tempfile
import threading
import time
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from multiprocessing.connection import Connection
from pathlib import Path

from fallwatch import paths
from fallwatch.runtime.alarm_services import AlarmServices
from fallwatch.runtime.room_watch import RoomWatch
from fallwatch.runtime.source_choice import choose_camera
from fallwatch.settings import CameraSettings, Settings
from fallwatch.system.secrets.passwords import Passwords
from fallwatch.web.access.devices import Devices
from fallwatch.web.access.pairing import Pairing
from fallwatch.web.application import COOKIE, PageParts, make_application
from fallwatch.web.live_frames import LiveFrames
from fallwatch.web.push.push_recipients import PushRecipients
from fallwatch.web.push.server_key import SERVER_KEY_FILE, ServerKey
from fallwatch.web.server import WebServer
from fallwatch.web.state import PageState
from tests.alarms.builders import make_event

_ROOM = "Hall"

#: As the page asks; see its ``js/pictures.js``.
_IMAGE_EVERY_S = 0.25

#: A room judges so many frames before anything is measured.
_WARM_FRAMES = 30

_ALARM_EVERY_S = 2.0


@dataclass(frozen=True, slots=True)
class Heard:
    """What the viewers saw.

    Attributes:
        images_per_s: Live images of one viewer, in the mean.
        refused: Answers other than an image, or that there is no newer one.
        alarms: When each viewer first saw each alarm, by its id; wall clock, in seconds.
    """

    images_per_s: float
    refused: int
    alarms: dict[str, list[float]]


_Use = Callable[[asyncio.StreamReader, asyncio.StreamWriter], Awaitable[None]]


class _Viewers:
    """Runs in a process of its own, until something comes by the pipe."""

    def __init__(self, port: int, secret: str, viewers: int, idle: int) -> None:
        self._port, self._viewers, self._idle = port, viewers, idle
        self._head = f"HTTP/1.1\r\nHost: localhost\r\nCookie: {COOKIE}={secret}\r\n\r\n"
        self._images = self._refused = 0
        self._alarms: dict[str, list[float]] = {}

    def run(self, pipe: Connection) -> None:
        """The whole life of the process."""
        began_s = time.monotonic()
        asyncio.run(self._look_on(pipe))
        images_per_s = self._images / self._viewers / (time.monotonic() - began_s)
        pipe.send(Heard(images_per_s, self._refused, self._alarms))

    async def _look_on(self, pipe: Connection) -> None:
        tasks = [asyncio.create_task(self._again(self._follow)) for _ in range(self._viewers)]
        tasks += [asyncio.create_task(self._again(self._ask)) for _ in range(self._viewers)]
        tasks += [asyncio.create_task(self._again(self._say_nothing)) for _ in range(self._idle)]
        await asyncio.get_running_loop().run_in_executor(None, pipe.recv)
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

    async def _again(self, use: _Use) -> None:
        """Use one connection after the other: whoever is put out comes again."""
        while True:
            with contextlib.suppress(OSError, asyncio.IncompleteReadError, ValueError):
                reader, writer = await asyncio.open_connection("127.0.0.1", self._port)
                try:
                    await use(reader, writer)
                finally:
                    writer.close()
            await asyncio.sleep(0.5)

    async def _follow(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        seen: set[str] = set()
        writer.write(f"GET /api/stream?language=en {self._head}".encode())
        if b" 200 " not in await reader.readline():
            self._refused += 1
            return
        while line := await reader.readline():
            if not line.startswith(b"data: {"):
                continue
            now = time.time()
            for alarm in json.loads(line[6:]).get("alarms", ()):
                if alarm["id"] not in seen:
                    seen.add(alarm["id"])
                    self._alarms.setdefault(alarm["id"], []).append(now)

    async def _ask(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        number = ""
        while True:
            writer.write(f"GET /api/frame?room={_ROOM}&after={number} {self._head}".encode())
            status = int((await reader.readline())[9:12])
            headers = {}
            while (line := await reader.readline()).strip():
                name, _, value = line.decode().partition(":")
                headers[name.lower()] = value.strip()
            await reader.readexactly(int(headers.get("content-length", 0)))
            number = headers.get("x-frame-number", number)
            self._images += status == 200
            if status not in (200, 204):
                self._refused += 1
                return
            await asyncio.sleep(_IMAGE_EVERY_S)

    async def _say_nothing(
        self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter
    ) -> None:
        await reader.read()


class _House:
    """A watch of one room, and the page in front of it."""

    def __init__(self, folder: Path) -> None:
        clip = paths.resources_dir() / "demo" / "demo_fall.mp4"
        camera = CameraSettings(name=_ROOM, source=str(clip))
        settings = Settings(cameras=(camera,))
        self.services = AlarmServices(
            lambda: settings, Passwords(), folder=folder / "data", channels=[]
        )
        self.frames = 0
        self.services.start()
        self.watch = RoomWatch(
            choose_camera(camera), settings, self.services, on_analysis=self._count
        )
        devices, views = Devices(folder / "devices.json"), self.services.live_views
        push = PushRecipients(self.services, devices, ServerKey(folder / SERVER_KEY_FILE))
        _, self.secret = devices.add("viewer", "look")
        parts = PageParts(
            self.services,
            PageState(self.services, folder),
            LiveFrames(views),
            devices,
            Pairing(),
            push,
        )
        self.server = WebServer(make_application(parts, lambda: []), "127.0.0.1", 0)

    def _count(self, _: object) -> None:
        self.frames += 1

    def start(self) -> None:
        self.server.start()
        self.watch.start()
        while self.frames < _WARM_FRAMES:
            time.sleep(0.1)

    def rate(self, seconds: float) -> float:
        """Analysed frames a second."""
        before, began_s = self.frames, time.monotonic()
        time.sleep(seconds)
        return (self.frames - before) / (time.monotonic() - began_s)

    def fall(self, number: int) -> tuple[str, float]:
        """Raise an alarm; its id, and when that was done."""
        began = time.time()
        event = make_event(camera=_ROOM, track_id=number)
        alarm = self.services.dispatcher.raise_event(event, started_unix_s=began, from_clip=False)
        return alarm.event_id, began

    def stop(self) -> None:
        self.watch.stop()
        self.server.stop(5.0)
        self.services.stop()


def measure(viewers: int, idle: int, seconds: float) -> dict[str, float]:
    """The figures."""
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as folder:
        house = _House(Path(folder))
        house.start()
        try:
            alone = house.rate(seconds)
            heard, raised, crowded = _with_viewers(house, viewers, idle, seconds)
        finally:
            house.stop()
    late_s = sorted(at - raised[each] for each in raised for at in heard.alarms.get(each, ()))
    return {
        "frames a second alone": alone,
        "frames a second with viewers": crowded,
        "frames a second and viewer": heard.images_per_s,
        "refused requests": heard.refused,
        "alarms seen, of those there were to see": len(late_s) / (len(raised) * viewers),
        "alarm on the page after, median (s)": statistics.median(late_s),
        "alarm on the page after, 95 % within (s)": late_s[int(0.95 * (len(late_s) - 1))],
        "alarm on the page after, longest (s)": late_s[-1],
    }


def _with_viewers(
    house: _House, viewers: int, idle: int, seconds: float
) -> tuple[Heard, dict[str, float], float]:
    """What viewers saw, when alarms were raised, and the frames a second meanwhile."""
    ours, theirs = multiprocessing.Pipe()
    crowd = _Viewers(house.server.port, house.secret, viewers, idle)
    # Not forked: this process has threads that hold locks.
    process = multiprocessing.get_context("spawn").Process(target=crowd.run, args=(theirs,))
    process.start()
    time.sleep(5.0)  # until all are there
    raised: dict[str, float] = {}
    ended = threading.Event()

    def raise_alarms() -> None:
        number = 1000
        while not ended.wait(_ALARM_EVERY_S):
            number += 1
            event_id, began = house.fall(number)
            raised.setdefault(event_id, began)

    thread = threading.Thread(target=raise_alarms)
    thread.start()
    rate = house.rate(seconds)
    ended.set()
    thread.join()
    time.sleep(2.0)  # until the last one is seen
    ours.send("end")
    heard: Heard = ours.recv()
    process.join(30.0)
    return heard, raised, rate


def main(arguments: Sequence[str] | None = None) -> int:
    """Measure and print; returns the exit status."""
    parser = argparse.ArgumentParser(prog="python -m tests.bench.page_load", description=__doc__)
    parser.add_argument("--viewers", type=int, default=50)
    parser.add_argument("--idle", type=int, default=200)
    parser.add_argument("--seconds", type=float, default=30.0, help="of each measurement")
    options = parser.parse_args(arguments)
    for what, value in measure(options.viewers, options.idle, options.seconds).items():
        sys.stdout.write(f"{what:45} {value:8.2f}\n")
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
