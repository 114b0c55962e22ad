"""Analysed frames for tests of what is recorded."""

from __future__ import annotations

from pathlib import Path

import numpy as np

from fallwatch.core.types import Analysis, Box, EventKind, FallEvent, Frame, Person, Posture

FPS = 10.0


def seen(index: int, *, shade: int | None = None, size: tuple[int, int] = (48, 64)) -> Analysis:
    """Frame number ``index`` of a camera, brighter from one to the next."""
    image = np.full((*size, 3), index % 250 if shade is None else shade, np.uint8)
    person = Person(1, Box(0, 0, 9, 9), None, 0.25, 0.5, Posture.UPRIGHT)
    return Analysis(Frame("Hall", index, index / FPS, image), (person,))


def clip_times(path: Path) -> list[float]:
    """Times of all frames of a clip that can be decoded, in seconds."""
    import av

    with av.open(str(path)) as container:
        return [float(frame.time or 0.0) for frame in container.decode(video=0)]


def frames_so_far(path: Path) -> int:
    """How many frames can be decoded of a clip that is being written; 0 before the first."""
    import av

    try:
        return len(clip_times(path))
    except (OSError, av.FFmpegError):
        return 0


class FallsAtOnce:
    """Sees a person over the whole image, who falls after half a second."""

    def __init__(self) -> None:
        self._fallen = False

    def step(self, frame: Frame) -> Analysis:
        box = Box(0, 0, frame.width_px, frame.height_px)
        events: tuple[FallEvent, ...] = ()
        if not self._fallen and frame.timestamp_s >= 0.5:
            self._fallen = True
            at_s = frame.timestamp_s
            events = (FallEvent(EventKind.FALL, frame.camera, 1, at_s, at_s, 0.9, (), box),)
        return Analysis(frame, (Person(1, box, None, 0.9, 0.9, Posture.FALLEN),), events)

    def close(self) -> None:
        """Nothing is open."""
