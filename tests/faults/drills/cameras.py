"""``python -m tests.faults cameras``: network cameras that fail, on real servers."""

from __future__ import annotations

import argparse
import sys
import tempfile
import threading
import time
from collections.abc import Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import asdict, dataclass
from pathlib import Path

from fallwatch import paths
from fallwatch.pipeline.capture_thread import LOGIN_WAITS_S
from tests.faults.camera.clips import make_clips
from tests.faults.camera.drill import DROPS, POOR, Clips, Drop, Fault, watched_camera
from tests.faults.camera.servers import CameraKind, why_no_rtsp_server
from tests.faults.registry import Command
from tests.faults.report import Report, Row

#: What is promised, in seconds.
NOTICED_S, RECOVERED_S, FROZEN_NOTICED_S = 10.0, 10.0, 30.0

_OUTAGE_S, _LONG_OUTAGE_S = 12.0, 60.0
_SETTLE_S = 15.0

_WORDS: dict[Fault, tuple[str, str]] = {
    "killed": ("A camera that is gone is noticed", "server killed, started again"),
    "stalled": ("A camera that falls silent is noticed", "server stopped without closing"),
    "password": ("A refused password is noticed", "other password, then the right one"),
    "size": ("Images of another size are watched", "resolution changed to and fro"),
    "long outage": ("A long outage is survived", "server gone for a minute"),
    "frozen": ("A frozen image is noticed", "the same image again and again"),
    "dark": ("A dark image is noticed", "the light went off"),
    "covered": ("A covered lens is noticed", "an even surface"),
    "moved": ("A moved camera is noticed", "the view shifted by a third"),
    "too slow": ("A slow analysis is noticed", "0.4 s for each frame"),
    "late": ("Images that arrive late are noticed", "8 of 15 frames a second read"),
}


@dataclass(frozen=True, slots=True)
class Leftovers:
    """Threads and descriptors of this process, with all cameras watched and well.

    Attributes:
        threads_before: Before the first fault.
        threads_after: After the last.
        descriptors_before: Before the first fault.
        descriptors_after: After the last.
    """

    threads_before: int
    threads_after: int
    descriptors_before: int
    descriptors_after: int

    @property
    def any(self) -> bool:
        """Whether there are more than before."""
        more_threads = self.threads_after > self.threads_before
        return more_threads or self.descriptors_after > self.descriptors_before


Plan = Sequence[tuple[CameraKind, Sequence[tuple[Fault, float]]]]


def plan(drops: int, poor: int, lanes: int, kinds: Sequence[CameraKind]) -> Plan:
    """Which camera suffers what: faults taken in turn, spread over several cameras.

    Args:
        drops: How many faults in which no frame comes.
        poor: How many in which frames come that show nobody.
        lanes: How many cameras, at the same time.
        kinds: What they speak, in turn.
    """
    outages = {"long outage": _LONG_OUTAGE_S, "size": 2.0}
    per_lane: list[list[tuple[Fault, float]]] = [[] for _ in range(lanes)]
    for count, faults, usual_s in ((drops, DROPS, _OUTAGE_S), (poor, POOR, 0.0)):
        for number in range(count):
            turn, which = divmod(number, len(faults))
            fault = faults[which]
            # Shifted by one each turn, so that every camera suffers every fault that it can.
            able = [n for n in range(lanes) if _can_suffer(kinds[n % len(kinds)], fault)]
            if able:
                lane = per_lane[able[(turn + which) % len(able)]]
                lane.append((fault, outages.get(fault, usual_s)))
    return [(kinds[number % len(kinds)], lane) for number, lane in enumerate(per_lane)]


def _can_suffer(kind: CameraKind, fault: Fault) -> bool:
    """Motion JPEG has no time stamps by which it could be seen to be late."""
    return fault != "late" or kind == "rtsp"


def drill(what: Plan, folder: Path, settle_s: float = _SETTLE_S) -> tuple[list[Drop], Leftovers]:
    """Have several cameras suffer at the same time.

    Args:
        what: See `plan`.
        folder: For clips and records.
        settle_s: After the last fault, for readers that were given up to end by themselves.

    Raises:
        RuntimeError: A camera was not seen at the start, or threads were left at the end.
    """
    clips = make_clips(paths.resources_dir() / "demo" / "demo_fall.mp4", folder)
    counts: list[tuple[int, int]] = []
    begin = threading.Barrier(len(what), lambda: counts.append(_count()))
    settled = threading.Barrier(len(what))
    end = threading.Barrier(len(what), lambda: counts.append(_count()))
    with ThreadPoolExecutor(len(what), thread_name_prefix="drill") as pool:
        lanes = [
            pool.submit(_suffer, kind, faults, clips, folder, settle_s, (begin, settled, end))
            for kind, faults in what
        ]
        drops = [drop for lane in lanes for drop in lane.result()]
    (threads_before, files_before), (threads_after, files_after) = counts
    return drops, Leftovers(threads_before, threads_after, files_before, files_after)


def _suffer(
    kind: CameraKind,
    faults: Iterable[tuple[Fault, float]],
    clips: Clips,
    folder: Path,
    settle_s: float,
    barriers: tuple[threading.Barrier, ...],
) -> list[Drop]:
    begin, settled, end = barriers
    try:
        with watched_camera(kind, clips, folder) as camera:
            begin.wait()
            drops = []
            for fault, outage_s in faults:
                drops.append(camera.suffer(fault, outage_s))
                sys.stderr.write(f"{drops[-1]}\n")
            settled.wait()
            time.sleep(settle_s)
            end.wait()
    finally:
        for barrier in barriers:
            barrier.abort()  # without effect on who has passed; nobody waits for one that failed
    return drops


def _count() -> tuple[int, int]:
    """Threads and open descriptors of this process."""
    return (
        len(list(Path("/proc/self/task").iterdir())),
        len(list(Path("/proc/self/fd").iterdir())),
    )


def is_kept(drop: Drop) -> bool:
    """Whether one fault was noticed and over in time, with one alarm."""
    if drop.noticed_s is None or drop.recovered_s is None:
        return False
    # Poor frames are over once they have been good for some seconds: no flapping.
    noticed_s = FROZEN_NOTICED_S if drop.fault in POOR else NOTICED_S
    recovered_s = FROZEN_NOTICED_S if drop.fault in POOR else RECOVERED_S
    if drop.fault == "password":
        # Tried again after a minute, and not at once: cameras lock accounts.
        recovered_s += LOGIN_WAITS_S[0]
    in_time = drop.noticed_s <= noticed_s and drop.recovered_s <= recovered_s
    return in_time and drop.alarms == (drop.fault != "size")


def rows(drops: Sequence[Drop], left: Leftovers) -> tuple[Row, ...]:
    """One row per fault, and one for what was left over."""
    found = []
    for fault, (promise, how) in _WORDS.items():
        these = [drop for drop in drops if drop.fault == fault]
        if these:
            kinds = " and ".join(sorted({drop.camera.upper() for drop in these}))
            kept = sum(map(is_kept, these))
            result = (
                f"{kept} of {len(these)}; noticed after {_times([d.noticed_s for d in these])}, "
                f"over after {_times([d.recovered_s for d in these])}"
            )
            found.append(Row(promise, f"{how} ({kinds})", len(these), result, kept == len(these)))
    result = (
        f"threads {left.threads_before} before, {left.threads_after} after; "
        f"descriptors {left.descriptors_before} and {left.descriptors_after}"
    )
    how = "counted with all cameras watched, before and after"
    found.append(Row("Nothing is left over", how, len(drops), result, not left.any))
    return tuple(found)


def _times(seconds: Sequence[float | None]) -> str:
    known = sorted(each for each in seconds if each is not None)
    if not known:
        return "never"
    never = f", never {len(seconds) - len(known)} times" if len(known) < len(seconds) else ""
    return f"{known[len(known) // 2]:.1f} s (at most {known[-1]:.1f} s{never})"


def _add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--drops", type=int, default=100, help="how often no frame comes (100)")
    parser.add_argument("--poor", type=int, default=24, help="how often poor frames come (24)")
    parser.add_argument("--lanes", type=int, default=4, help="cameras at the same time (4)")


def _run(arguments: argparse.Namespace) -> Report:
    missing = why_no_rtsp_server()
    kinds: tuple[CameraKind, ...] = ("http",) if missing else ("http", "rtsp")
    if missing:
        sys.stderr.write(f"HTTP only: {missing}\n")
    with tempfile.TemporaryDirectory(prefix="fallwatch-cameras-") as folder:
        what = plan(arguments.drops, arguments.poor, arguments.lanes, kinds)
        drops, left = drill(what, Path(folder))
    details = {"drops": [asdict(drop) for drop in drops], "left": asdict(left)}
    return Report("cameras", rows(drops, left), details)


COMMAND = Command("cameras", "Kill, stall and blind network cameras.", _add_arguments, _run)
