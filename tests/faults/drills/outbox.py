"""Messages while their service is down, silent or failing, and while fallwatch is killed."""

from __future__ import annotations

import argparse
import json
import logging
import random
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta, timezone
from pathlib import Path
from typing import TYPE_CHECKING

from tests.faults.registry import Command
from tests.faults.report import Report, Row
from tests.repository import REPOSITORY

if TYPE_CHECKING:
    from fallwatch.alarms.messages.apprise_messenger import AppriseMessenger
    from fallwatch.core.message import Message
    from fallwatch.core.types import Alarm
    from fallwatch.events.outbox import Outbox
    from fallwatch.events.store import EventStore
    from tests.alarms.receivers import HttpReceiver, Request

#: What is promised, in seconds after the service is back.
PROMISED_S = 60.0

_HOUR_S = 3600.0

# A sender is killed within this time of its alarm being in the record; the service takes so long
# to answer, and until it has, the sender cannot know.
_SENT_WITHIN_S, _SLOW_ANSWER_S = 0.5, 0.1

# Whatever would come twice has come by then.
_SECOND_LOOK_S = 3.0


@dataclass(frozen=True, slots=True)
class Scale:
    """How much is tried.

    Attributes:
        alarms: In the simulated hour.
        outage_s: Length of the real outages.
        kills: How often the sending process is killed.
        seed: Of the moments.
    """

    alarms: int = 60
    outage_s: float = 180.0
    kills: int = 50
    seed: int = 1


@dataclass(slots=True)
class Arrivals:
    """What a receiver got: when each alarm came, by its id."""

    times_s: dict[str, list[float]] = field(default_factory=dict)

    @property
    def twice(self) -> int:
        """Alarms that came more than once."""
        return sum(len(times) > 1 for times in self.times_s.values())

    def missing(self, wanted: list[str]) -> int:
        """Alarms that did not come."""
        return len(set(wanted) - self.times_s.keys())

    def last_s(self) -> float:
        """When the last of all came for the first time."""
        return max((min(times) for times in self.times_s.values()), default=0.0)


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add the options of the long form."""
    usual = Scale()
    parser.add_argument("--alarms", type=int, default=usual.alarms, help="in the simulated hour")
    parser.add_argument("--outage", type=float, default=usual.outage_s, help="real outages, s")
    parser.add_argument("--kills", type=int, default=usual.kills, help="of the sending process")
    parser.add_argument("--seed", type=int, default=usual.seed)


def run(parsed: argparse.Namespace) -> Report:
    """The long form."""
    # Each failed attempt is a warning.
    logging.getLogger("fallwatch").setLevel(logging.ERROR)
    return try_all(Scale(parsed.alarms, parsed.outage, parsed.kills, parsed.seed))


def try_all(scale: Scale) -> Report:
    """Try every promise.

    Args:
        scale: How much.
    """
    rows = [simulated_hour(scale.alarms)]
    rows += [real_outage(kind, scale.outage_s) for kind in ("refused", "silent", "error 503")]
    rows.append(killed(scale.kills, random.Random(scale.seed)))
    return Report("outbox", tuple(rows), {"seed": scale.seed})


def simulated_hour(alarms: int) -> Row:
    """A service is down for an hour of injected time; alarms come all the while."""
    from fallwatch.dispatch.delivery_worker import DeliveryWorker
    from fallwatch.events.outbox import Outbox
    from tests.alarms.receivers import HttpReceiver, free_port

    _progress(f"a simulated hour, {alarms} alarms")
    began = datetime(2026, 1, 31, 3, 0, 0, tzinfo=timezone.utc)
    seconds = 0.0
    port = free_port()

    def now() -> datetime:
        return began + timedelta(seconds=seconds)

    with _store() as (store, folder):
        delivery_worker = DeliveryWorker(
            _hook(port),
            Outbox(store, now),
            alarm_of=store.get,
            snapshot_of=lambda event_id: folder / f"{event_id}.jpg",
            on_backlog=lambda name, problem: None,
            monotonic=lambda: seconds,
            now=now,
        )
        ids = [f"alarm{number}" for number in range(alarms)]
        for number, event_id in enumerate(ids):
            alarm = _alarm(event_id, now())
            store.add(alarm)
            delivery_worker.put(alarm)
            until_s = _HOUR_S * (number + 1) / alarms
            while seconds < until_s:
                seconds += min(max(delivery_worker.work(), 0.1), until_s - seconds)
        arrivals = Arrivals()
        receiver = HttpReceiver(port)
        try:
            while seconds < _HOUR_S + PROMISED_S:
                seen = len(receiver.requests)
                pause_s = delivery_worker.work()
                _note(arrivals, receiver.requests[seen:], seconds - _HOUR_S)
                seconds += max(pause_s, 0.1)
            for _ in range(20):
                seen = len(receiver.requests)
                seconds += max(delivery_worker.work(), 0.1)
                _note(arrivals, receiver.requests[seen:], seconds - _HOUR_S)
        finally:
            receiver.close()
    return _row("web hook refused for an hour (injected clock)", ids, arrivals)


def real_outage(kind: str, outage_s: float) -> Row:
    """A service is down for a while of real time; a second one beside it is not."""
    from fallwatch.dispatch.message_channel import MessageChannels
    from fallwatch.recording.media import MediaFolder
    from tests.alarms.receivers import HttpReceiver, free_port

    _progress(f"a real outage of {outage_s:.0f} s, {kind}")
    port = free_port()
    well = HttpReceiver()
    ill = HttpReceiver(port) if kind == "error 503" else None
    if ill is not None:
        ill.status = 503
    deaf = _deaf(port) if kind == "silent" else None
    ids = [f"alarm{number}" for number in range(5)]
    with _store() as (store, folder):
        hooks = [_hook(port, "ill"), _hook(well.port, "well")]
        messages = MessageChannels(hooks, store, MediaFolder(folder / "recordings"))
        messages.start(_NoDispatcher())
        delays_s = []
        try:
            for event_id in ids:
                alarm = _alarm(event_id, datetime.now(timezone.utc), kind="camera_lost")
                store.add(alarm)
                for channel in messages.channels:
                    channel.deliver(alarm)
                delays_s.append(_wait_for(well, event_id))
                time.sleep(outage_s / len(ids))
            if deaf is not None:
                deaf.close()
            back_s = time.monotonic()
            if ill is None:
                ill = HttpReceiver(port)
            refused = len(ill.requests)  # What came while it was ill was not taken.
            ill.status = 200
            arrivals = Arrivals()
            while time.monotonic() - back_s < PROMISED_S + 5 and arrivals.missing(ids):
                arrivals = Arrivals()
                _note(arrivals, ill.requests[refused:], time.monotonic() - back_s)
                time.sleep(0.2)
            time.sleep(_SECOND_LOOK_S)
            if arrivals.missing(ids) == 0:
                last_s = arrivals.last_s()
                arrivals = Arrivals()
                _note(arrivals, ill.requests[refused:], last_s)
        finally:
            late = messages.stop(5.0)
            if deaf is not None:
                deaf.close()
            well.close()
            if ill is not None:
                ill.close()
    row = _row(f"web hook {kind} for {outage_s:.0f} s", ids, arrivals)
    slowest_s = max(delays_s)
    result = f"{row.result}; another service's slowest meanwhile {slowest_s:.1f} s"
    return Row(
        row.promise, row.how, row.times, result, row.kept and slowest_s < PROMISED_S and not late
    )


def killed(kills: int, moments: random.Random) -> Row:
    """The sending process is killed again and again; none may be lost."""
    from fallwatch.events.outbox import CLAIM, Outbox
    from fallwatch.events.store import STORE_FILE, EventStore
    from tests.alarms.receivers import HttpReceiver

    _progress(f"{kills} kills while messages are sent")
    receiver = HttpReceiver(delay_s=_SLOW_ANSWER_S)
    ids = []
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        for number in range(kills):
            event_id = f"alarm{number}"
            ids.append(event_id)
            with _sender(folder, receiver.port, event_id) as process:
                assert process.stdout is not None
                process.stdout.readline()
                time.sleep(moments.uniform(0.0, _SENT_WITHIN_S))
                process.send_signal(signal.SIGKILL)
        # Nobody waits here for the claims of the dead to end: a later clock stands for that.
        store = EventStore(folder / STORE_FILE)
        later = datetime.now(timezone.utc) + CLAIM + timedelta(seconds=5)
        _drain(store, Outbox(store, lambda: later), folder, receiver.port)
        store.close()
    arrivals = Arrivals()
    _note(arrivals, receiver.requests, 0.0)
    receiver.close()
    lost = arrivals.missing(ids)
    return Row(
        "A message survives kill -9: each alarm arrives, twice only if the process died between "
        "sending and noting it",
        f"the sending process killed within {_SENT_WITHIN_S} s, at random moments; the service "
        f"answers after {_SLOW_ANSWER_S} s",
        kills,
        f"{kills - lost} of {kills} arrived, {arrivals.twice} of them twice",
        lost == 0,
    )


def _drain(store: EventStore, outbox: Outbox, folder: Path, port: int) -> None:
    from fallwatch.dispatch.delivery_worker import DeliveryWorker

    delivery_worker = DeliveryWorker(
        _hook(port),
        outbox,
        alarm_of=store.get,
        snapshot_of=lambda event_id: folder / f"{event_id}.jpg",
        on_backlog=lambda name, problem: None,
    )
    for _ in range(5):
        delivery_worker.work()


_SEND = """
import sys
from datetime import datetime, timezone
from pathlib import Path
from fallwatch.recording.media import MediaFolder
from fallwatch.events.store import STORE_FILE, EventStore
from fallwatch.dispatch.message_channel import MessageChannels
from tests.faults.drills.outbox import _NoDispatcher, _alarm, _hook

folder, port, event_id = Path(sys.argv[1]), int(sys.argv[2]), sys.argv[3]
store = EventStore(folder / STORE_FILE)
hook = _hook(port)
hook.takes_snapshots()  # Loads Apprise, which takes longer than all that is to be interrupted.
messages = MessageChannels([hook], store, MediaFolder(folder / "recordings"))
alarm = _alarm(event_id, datetime.now(timezone.utc), kind="camera_lost")
store.add(alarm)
messages.channels[0].deliver(alarm)
print("committed", flush=True)
messages.start(_NoDispatcher())
sys.stdin.read()
"""


@contextmanager
def _sender(folder: Path, port: int, event_id: str) -> Iterator[subprocess.Popen[bytes]]:
    """A process that commits an alarm's message, says so, and sends it."""
    with subprocess.Popen(
        [sys.executable, "-c", _SEND, str(folder), str(port), event_id],
        cwd=REPOSITORY,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
    ) as process:
        try:
            yield process
        finally:
            process.kill()


def _deaf(port: int) -> socket.socket:
    """A service that lets itself be connected to, and says nothing."""
    deaf = socket.socket()
    deaf.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    deaf.bind(("127.0.0.1", port))
    deaf.listen(50)
    return deaf


class _NoDispatcher:
    """Nobody needs to know of the backlog here."""

    def raise_technical(self, camera: str, kind: str, message: Message) -> None:
        """Nothing is told."""

    def clear_technical(self, camera: str, kind: str) -> None:
        """Nothing is told."""


@contextmanager
def _store() -> Iterator[tuple[EventStore, Path]]:
    from fallwatch.events.store import STORE_FILE, EventStore

    with tempfile.TemporaryDirectory() as name:
        store = EventStore(Path(name) / STORE_FILE)
        try:
            yield store, Path(name)
        finally:
            store.close()


def _hook(port: int, name: str = "hook") -> AppriseMessenger:
    from fallwatch.alarms.messages.apprise_messenger import AppriseMessenger

    return AppriseMessenger(name, lambda: f"json://127.0.0.1:{port}/")


def _alarm(event_id: str, began: datetime, kind: str = "camera_lost") -> Alarm:
    from fallwatch.events.times import utc_text
    from tests.alarms.builders import make_alarm

    # Told apart by the receiver through the camera's name.
    return make_alarm(event_id, kind, camera=f"<{event_id}>", started_utc=utc_text(began))


def _note(arrivals: Arrivals, requests: list[Request], at_s: float) -> None:
    for request in requests:
        title = str(json.loads(request.body)["title"])
        event_id = title.partition("<")[2].partition(">")[0]
        arrivals.times_s.setdefault(event_id, []).append(at_s)


def _wait_for(receiver: HttpReceiver, event_id: str) -> float:
    """Seconds until an alarm has arrived; no longer than what is promised."""
    began_s = time.monotonic()
    while time.monotonic() - began_s < PROMISED_S:
        arrivals = Arrivals()
        _note(arrivals, list(receiver.requests), 0.0)
        if event_id in arrivals.times_s:
            break
        time.sleep(0.05)
    return time.monotonic() - began_s


def _row(how: str, ids: list[str], arrivals: Arrivals) -> Row:
    came = len(ids) - arrivals.missing(ids)
    result = (
        f"{came} of {len(ids)} came, the last {arrivals.last_s():.0f} s after its return, "
        f"{arrivals.twice} twice"
    )
    kept = came == len(ids) and arrivals.twice == 0 and arrivals.last_s() <= PROMISED_S
    promise = "A service that was down gets every alarm within 60 s of its return, once each"
    return Row(promise, how, len(ids), result, kept)


def _progress(words: str) -> None:
    sys.stderr.write(f"outbox: {words}\n")


COMMAND = Command(
    "outbox",
    "Messages while their service is down, silent or failing, and while fallwatch is killed.",
    add_arguments,
    run,
)
