"""What is done to a camera, and how soon it was noticed and over."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from fallwatch.pipeline.health.faults import (
    ANALYSIS_SLOW,
    CAMERA_BLOCKED,
    CAMERA_FROZEN,
    CAMERA_LATE,
    CAMERA_LOST,
    CAMERA_MOVED,
)
from tests.faults.camera.servers import CameraKind, CameraProcess
from tests.faults.camera.watch import CameraWatch, seconds_until

Fault = Literal[
    "killed", "stalled", "password", "size", "long outage",
    "frozen", "dark", "covered", "moved", "too slow", "late",
]  # fmt: skip

#: In these no frame comes.
DROPS: tuple[Fault, ...] = ("killed", "stalled", "password", "size", "long outage")
#: In these frames come that show nobody, or too few are analysed, or old ones.
POOR: tuple[Fault, ...] = ("frozen", "dark", "covered", "moved", "too slow", "late")

_ALARM: dict[Fault, str] = {
    "killed": CAMERA_LOST,
    "stalled": CAMERA_LOST,
    "password": CAMERA_LOST,
    "long outage": CAMERA_LOST,
    "frozen": CAMERA_FROZEN,
    "dark": CAMERA_BLOCKED,
    "covered": CAMERA_BLOCKED,
    "moved": CAMERA_MOVED,
    "too slow": ANALYSIS_SLOW,
    "late": CAMERA_LATE,
}

_LOGIN, _OTHER_LOGIN = "anna:s3cret%40home", "anna:changed"
_PLAIN_LOGIN = "anna:s3cret@home"
_PATIENCE_S = 60.0
_SLOW_S = 0.4
_READING_S = 0.12


@dataclass(frozen=True, slots=True)
class Clips:
    """Prepared clips; all but ``small`` are 640x480.

    Attributes:
        usual: What the camera sees.
        small: The same, 320x240.
        others: What it sees in faults that are about the image.
    """

    usual: Path
    small: Path
    others: dict[Fault, Path]


@dataclass(frozen=True, slots=True)
class Drop:
    """One fault and its end.

    Attributes:
        camera: ``rtsp`` or ``http``.
        fault: What was done.
        noticed_s: From its beginning to its alarm, or for another size, to the new frames; None
            if it never came.
        recovered_s: From its end until frames were analysed and no alarm was open; None if that
            never came.
        alarms: How many alarms of its kind were recorded; more than one is flapping.
    """

    camera: CameraKind
    fault: Fault
    noticed_s: float | None
    recovered_s: float | None
    alarms: int


@contextmanager
def watched_camera(kind: CameraKind, clips: Clips, folder: Path) -> Iterator[Drill]:
    """A camera that is switched on, watched and seen; all is switched off at the end."""
    camera = CameraProcess(kind)
    watch = CameraWatch(f"{kind}-{camera.port}", camera.url(_LOGIN), folder)
    camera.start(clips.usual, _PLAIN_LOGIN)
    try:
        watch.start()
        if seconds_until(lambda: watch.sees_since(0.0), _PATIENCE_S) is None:
            raise RuntimeError(f"the {kind} camera was never seen")
        yield Drill(camera, watch, clips)
    finally:
        left = watch.stop()
        camera.kill()
    if left:
        raise RuntimeError(f"threads left running: {', '.join(left)}")


class Drill:
    """Does things to one camera that is being watched."""

    def __init__(self, camera: CameraProcess, watch: CameraWatch, clips: Clips) -> None:
        self._camera, self._watch, self._clips = camera, watch, clips

    def suffer(self, fault: Fault, outage_s: float = 0.0) -> Drop:
        """Do one thing, wait until it is noticed, undo it, and wait until all is well.

        Args:
            fault: What.
            outage_s: How long it lasts at least.
        """
        if fault in self._clips.others:
            self._restart(self._clips.usual, self._clips.others[fault])
        self._wait_until_seen(_settle_s(fault))
        kind = _ALARM.get(fault)
        before = self._watch.count(kind) if kind else 0
        began_s = time.monotonic()
        self._begin(fault)
        if fault == "size":
            began_s = time.monotonic()  # it sends them from now on
        noticed_s = self._noticed_after(fault, began_s)
        time.sleep(max(0.0, began_s + outage_s - time.monotonic()))
        self._end(fault)
        over_s = time.monotonic()
        recovered_s = seconds_until(lambda: self._watch.sees_since(over_s), _PATIENCE_S)
        alarms = self._watch.count(kind) - before if kind else 0
        return Drop(self._camera.kind, fault, noticed_s, recovered_s, alarms)

    def _begin(self, fault: Fault) -> None:
        if fault in ("killed", "long outage"):
            self._camera.kill()
        elif fault == "stalled":
            self._camera.hold_up()
        elif fault == "password":
            self._camera.kill()
            self._camera.start(self._clips.usual, _OTHER_LOGIN)
        elif fault == "size":
            self._restart(self._clips.small)
        elif fault == "too slow":
            self._watch.analysis_delay_s = _SLOW_S
        elif fault == "late":
            self._watch.reading_delay_s = _READING_S
        else:
            self._camera.switch_clip()

    def _end(self, fault: Fault) -> None:
        if fault in ("killed", "long outage", "password", "size"):
            self._restart(self._clips.usual)
        elif fault == "stalled":
            self._camera.go_on()
        elif fault == "too slow":
            self._watch.analysis_delay_s = 0.0
        elif fault == "late":
            self._watch.reading_delay_s = 0.0
        else:
            self._camera.switch_clip()

    def _noticed_after(self, fault: Fault, began_s: float) -> float | None:
        if fault == "size":
            done = seconds_until(lambda: self._watch.size_px == (320, 240), _PATIENCE_S)
        else:
            done = seconds_until(lambda: _ALARM[fault] in self._watch.alarms, _PATIENCE_S)
        return None if done is None else time.monotonic() - began_s

    def _restart(self, clip: Path, other: Path | None = None) -> None:
        self._camera.kill()
        self._camera.start(clip, _PLAIN_LOGIN, other)

    def _wait_until_seen(self, for_s: float) -> None:
        """Until it has been watched for so long without an alarm."""
        began_s = time.monotonic()
        seconds_until(lambda: self._watch.sees_since(began_s), _PATIENCE_S)
        time.sleep(for_s)


def _settle_s(fault: Fault) -> float:
    # The usual view must be known before another can be noticed, and the usual pace.
    return {"moved": 12.0, "late": 15.0}.get(fault, 1.0)
