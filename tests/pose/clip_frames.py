"""Frames of the bundled clip."""

from __future__ import annotations

import cv2
import numpy as np

from fallwatch import paths
from fallwatch.core.types import Frame


def clip_frames(first: int, count: int) -> list[Frame]:
    """So many frames of the demo clip, in which somebody stands at 30 and lies from 60 on."""
    capture = cv2.VideoCapture(str(paths.resources_dir() / "demo" / "demo_fall.mp4"))
    frames = []
    for index in range(first + count):
        ok, image = capture.read()
        assert ok
        if index >= first:
            frames.append(Frame("clip", index, index / 15, np.asarray(image, dtype=np.uint8)))
    capture.release()
    return frames
