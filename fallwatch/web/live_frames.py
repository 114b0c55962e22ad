"""Live pictures as JPEG: encoded only while somebody asks, once for all who ask."""

from __future__ import annotations

import threading
from dataclasses import dataclass, field

import numpy as np

from fallwatch.core.types import Image
from fallwatch.recording.jpeg import to_jpeg
from fallwatch.runtime.views.live_views import LiveViews

#: A room's picture is encoded this often at most, however many look on.
MIN_PAUSE_S = 0.2

#: Longer side of the pictures, in pixels: wide enough for a phone, and little to send.
MAX_SIDE_PX = 960


@dataclass(frozen=True, slots=True, eq=False)
class LiveFrame:
    """A picture as it is sent.

    Attributes:
        number: Later ones have greater numbers.
        jpeg: The picture.
        analysed_s: When it was analysed, on the steady clock.
    """

    number: int
    jpeg: bytes
    analysed_s: float


@dataclass(slots=True)
class _Room:
    lock: threading.Lock = field(default_factory=threading.Lock)
    newest: LiveFrame | None = None


class LiveFrames:
    """The pictures of all rooms. Any thread; nobody who watches a room ever waits for it.

    Args:
        views: Hold the newest analysis of each room, as it may be seen.
    """

    def __init__(self, views: LiveViews) -> None:
        self._views = views
        self._lock = threading.Lock()
        self._rooms: dict[str, _Room] = {}

    def newest(self, room: str) -> LiveFrame | None:
        """The newest picture of a room, at most `MIN_PAUSE_S` behind; None if there is none."""
        with self._lock:
            kept = self._rooms.setdefault(room, _Room())
        with kept.lock:
            view = next((each for each in self._views.now() if each.room == room), None)
            if view is None or view.analysis is None:
                kept.newest = None
                with self._lock:
                    self._rooms.pop(room, None)
                return None
            before = kept.newest
            if before is not None and (
                # The room may have been begun again, and its numbers with it.
                view.analysed_s - before.analysed_s < MIN_PAUSE_S
                and view.analysed_s >= before.analysed_s
            ):
                return before
            jpeg = to_jpeg(_small(view.analysis.frame.image_bgr))
            number = 1 if before is None else before.number + 1
            kept.newest = LiveFrame(max(number, view.number), jpeg, view.analysed_s)
            return kept.newest


def _small(image_bgr: Image) -> Image:
    import cv2

    height, width = image_bgr.shape[:2]
    scale = MAX_SIDE_PX / max(height, width)
    if scale >= 1:
        return image_bgr
    size = max(1, round(width * scale)), max(1, round(height * scale))
    return np.asarray(cv2.resize(image_bgr, size, interpolation=cv2.INTER_AREA), np.uint8)
