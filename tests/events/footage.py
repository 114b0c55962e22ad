"""Analysed pictures for tests of what is recorded."""

from __future__ import annotations

from pathlib import Path

import numpy as np

from fallwatch.core.types import Analysis, Box, Frame, Person, Posture

FPS = 10.0


def seen(index: int, *, shade: int | None = None, size: tuple[int, int] = (48, 64)) -> Analysis:
    """Picture number ``index`` of a camera, brighter from one to the next."""
    image = np.full((*size, 3), index % 250 if shade is None else shade, np.uint8)
    person = Person(1, Box(0, 0, 9, 9), None, 0.25, 0.5, Posture.UPRIGHT)
    return Analysis(Frame("Hall", index, index / FPS, image), (person,))


def clip_times(path: Path) -> list[float]:
    """Times of all pictures of a clip that can be decoded, in seconds."""
    import av

    with av.open(str(path)) as container:
        return [float(frame.time or 0.0) for frame in container.decode(video=0)]
