"""Ends a watching fallwatch with ``kill -9`` again and again, and looks at what is left.

Each life of the process: it starts, tells the alarms that nobody has answered, sees the camera, two
people fall 3 s apart, and at a random moment of alarm and recording it is killed. The camera writes
into each frame when it was sent (`stamped_camera`), so the clip can be set against the kill.
"""

from __future__ import annotations

import argparse
import os
import random
import shutil
import sqlite3
import sys
import tempfile
import time
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from dataclasses import asdict, dataclass, field
from pathlib import Path

from fallwatch.core.types import AlarmState
from fallwatch.events.store import STORE_FILE
from fallwatch.recording.media import MEDIA_FOLDER, MediaFolder
from tests.faults.camera.stamped_camera import StampedCamera, read_stamp, stamped_camera
from tests.faults.process.watch_run import WatchRun, start_watch
from tests.faults.registry import Command
from tests.faults.report import Report, Row

#: What is promised.
SOUND_WITHIN_S, CLIP_WITHIN_S = 5.0, 2.0

#: Kills in one folder, before the next begins with an empty one.
LIVES = 10

_START_TIMEOUT_S = 300.0
_LONGEST_LIFE_S = 6.0
# A long run before the fall now and then: the more there is to write at once when it comes.
_EARLY_FALL_S, _LATE_FALL_S, _LATE_SHARE = 0.5, 10.0, 0.1


@dataclass(slots=True)
class Kill:
    """What one kill left.

    Attributes:
        committed: Events told of before the kill.
        lost: Of all events told of so far in this folder, those the record does not hold.
        integrity: What SQLite says of the record.
        sound_s: From this start to the first sound, where an alarm waited; None where none did.
        waited_s: How much of that it waited because other programs held all cores.
        clips: For each event of this folder, at its last kill: seconds from the alarm to the kill,
            and from the last frame of the clip that can be decoded to the kill.
    """

    committed: int = 0
    lost: int = 0
    integrity: str = ""
    sound_s: float | None = None
    waited_s: float = 0.0
    clips: list[tuple[float, float]] = field(default_factory=list)


def kill_repeatedly(camera: StampedCamera, home: Path, kills: int, seed: int) -> list[Kill]:
    """One folder: start and kill, so often, and let a last start finish the clips."""
    chance = random.Random(seed)
    told: dict[str, tuple[float, float]] = {}
    found: list[Kill] = []
    for _ in range(kills):
        late = chance.random() < _LATE_SHARE
        fall_s = _LATE_FALL_S if late else _EARLY_FALL_S
        run = start_watch(home, ["watch", camera.url, "--headless"], fall_s=fall_s)
        kill = Kill()
        if told:
            _hear(run, kill)
        if not run.wait_for(lambda each: bool(each.events()), _START_TIMEOUT_S):
            run.kill()
            words = " ".join(said.text for said in run.errors)
            raise RuntimeError(f"nothing was seen to fall: {words}")
        time.sleep(chance.uniform(0.0, _LONGEST_LIFE_S))
        moment_s = run.kill()
        events = run.events_s()
        told.update({event: (run.began_s + at_s, moment_s) for event, at_s in events.items()})
        kill.committed = len(events)
        kill.integrity, states = record_of(home)
        kill.lost = sum(states.get(event) != AlarmState.UNACKNOWLEDGED.value for event in told)
        found.append(kill)
        _say(kill)
    found[-1].clips = _clips(camera, home, told)
    sys.stderr.write(f"clips {found[-1].clips}\n")
    return found


def record_of(home: Path) -> tuple[str, dict[str, str]]:
    """What SQLite says of a copy of the record, and the state of each event in it."""
    with tempfile.TemporaryDirectory() as folder:
        for path in (home / "data").glob(f"{STORE_FILE}*"):
            if not path.name.endswith("-shm"):
                shutil.copy(path, folder)
        with closing(sqlite3.connect(Path(folder) / STORE_FILE)) as connection:
            integrity = str(connection.execute("PRAGMA integrity_check").fetchone()[0])
            rows = connection.execute("SELECT event_id, state FROM events").fetchall()
    return integrity, dict(rows)


def _hear(run: WatchRun, kill: Kill) -> None:
    """Wait for the alarms of the last life to sound."""
    if run.wait_for(lambda each: bool(each.sounds()), _START_TIMEOUT_S):
        sound = run.sounds()[0]
        kill.sound_s, kill.waited_s = sound.at_s, sound.waited_s


def _clips(
    camera: StampedCamera, home: Path, told: dict[str, tuple[float, float]]
) -> list[tuple[float, float]]:
    """Let a last start write the clips to their end, and look at where they do."""
    media = MediaFolder(home / "data" / MEDIA_FOLDER)
    run = start_watch(home, ["watch", camera.url, "--headless"], fall_s=1e6)
    deadline_s = time.monotonic() + 2 * _START_TIMEOUT_S
    while media.abandoned(before_unix_s=float("inf")) and time.monotonic() < deadline_s:
        time.sleep(1.0)
    run.stop()
    return [
        (killed_s - told_s, killed_s - last_shown_s(camera, media.clip(event)))
        for event, (told_s, killed_s) in told.items()
    ]


def last_shown_s(camera: StampedCamera, clip: Path) -> float:
    """When the last frame of a clip was sent that can be decoded; minus infinity for none."""
    import av

    last_s = float("-inf")
    try:
        with av.open(str(clip)) as container:
            for frame in container.decode(video=0):
                number = read_stamp(frame.to_ndarray(format="bgr24"))
                last_s = camera.sent_s.get(number, last_s)
    except (av.FFmpegError, IndexError):
        pass  # what could be decoded counts
    return last_s


def report(kills: list[Kill], crowded: int) -> Report:
    """The table's rows."""
    load = os.getloadavg()[0]
    lost = sum(kill.lost for kill in kills)
    committed = sum(kill.committed for kill in kills)
    damaged = sum(kill.integrity != "ok" for kill in kills)
    sounds = sorted(kill.sound_s for kill in kills if kill.sound_s is not None)
    own = sorted(kill.sound_s - kill.waited_s for kill in kills if kill.sound_s is not None)
    clips = [clip for kill in kills for clip in kill.clips]
    # What happened less than 2 s before the kill is not promised, be it the alarm itself.
    lags = sorted(lag_s for age_s, lag_s in clips if age_s >= CLIP_WITHIN_S)
    young = [lag_s for age_s, lag_s in clips if age_s < CLIP_WITHIN_S]
    missing = sum(lag_s > CLIP_WITHIN_S for lag_s in young)
    how = "`kill -9` at a random moment 0-6 s after an alarm, while it sounds and is recorded"
    rows = (
        Row(
            "No event that was told is lost",
            how,
            len(kills),
            f"{lost} of {committed} events lost, {damaged} records damaged",
            lost == 0 and damaged == 0,
        ),
        Row(
            f"Alarms sound again within {SOUND_WITHIN_S:.0f} s of the restart",
            "the same; from the start of the process to the loudspeaker, less the time in which "
            f"other programs held all cores ({crowded} such runs at once, load {load:.0f})",
            len(own),
            f"median {_middle(own):.1f} s, longest {own[-1]:.1f} s; by the clock "
            f"{_middle(sounds):.1f} s and {sounds[-1]:.1f} s",
            own[-1] <= SOUND_WITHIN_S,
        ),
        Row(
            f"A clip plays up to {CLIP_WITHIN_S:.0f} s before the kill",
            "the last frame of each clip after the restart, by the stamp in it",
            len(lags),
            f"median {_middle(lags):.2f} s, longest {lags[-1]:.2f} s before the kill; "
            f"of {len(young)} alarms younger than that, {missing} had no clip yet",
            lags[-1] <= CLIP_WITHIN_S,
        ),
    )
    return Report("crash", rows, {"kills": [asdict(kill) for kill in kills]})


def _middle(values: list[float]) -> float:
    return values[len(values) // 2]


def _say(kill: Kill) -> None:
    sys.stderr.write(f"{asdict(kill)}\n")


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Options of the command."""
    parser.add_argument("--kills", type=int, default=200, help="how many (200)")
    parser.add_argument("--jobs", type=int, default=1, help="processes at once (1)")
    parser.add_argument("--seed", type=int, default=2026, help="of the random moments")


def run(arguments: argparse.Namespace) -> Report:
    """Kill as often as is asked for."""
    rounds = [min(LIVES, arguments.kills - done) for done in range(0, arguments.kills, LIVES)]
    with (
        tempfile.TemporaryDirectory() as folder,
        stamped_camera() as camera,
        ThreadPoolExecutor(arguments.jobs) as pool,
    ):
        jobs = [
            pool.submit(
                kill_repeatedly, camera, Path(folder) / str(number), lives, arguments.seed + number
            )
            for number, lives in enumerate(rounds)
        ]
        kills = [kill for job in jobs for kill in job.result()]
    return report(kills, arguments.jobs)


COMMAND = Command("crash", "Kill it while it alarms and records.", add_arguments, run)
