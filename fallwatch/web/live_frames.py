"""Live images as JPEG: encoded only while somebody asks, once for all who ask."""

from __future__ import annotations

import threading
from dataclasses import dataclass, field

from fallwatch.recording.jpeg import to_jpeg
from fallwatch.runtime.views.live_views import LiveViews

#: A room's image is encoded this often at most, however many look on.
MIN_PAUSE_S = 0.2

#: Longer side of the images, in pixels: wide enough for a phone, and little to send.
MAX_SIDE_PX = 960


@dataclass(frozen=True, slots=True, eq=False)
class LiveFrame:
    """An image as it is sent.

    Attributes:
        jpeg: The image.
        analysed_s: When it was analysed, on the steady clock.
    """

    jpeg: bytes
    analysed_s: float

    @property
    def number(self) -> int:
        """Later ones have greater numbers."""
        return round(1e6 * self.analysed_s)


@dataclass(slots=True)
class _Room:
    lock: threading.Lock = field(default_factory=threading.Lock)
    newest: LiveFrame | None = None


class LiveFrames:
    """The images of all rooms. Any thread; nobody who watches a room ever waits for it.

    Args:
        views: Hold the newest analysis of each room, as it may be seen.
    """

    def __init__(self, views: LiveViews) -> None:
        self._views = views
        self._lock = threading.Lock()
        self._rooms: dict[str, _Room] = {}

    def newest(self, room: str) -> LiveFrame | None:
        """The newest image of a room, at most `MIN_PAUSE_S` behind; None if there is none."""
        with self._lock:
            kept = self._rooms.setdefault(room, _Room())
        with kept.lock:
            view = self._views.of(room)
            if view is None or view.analysis is None:
                with self._lock:
                    self._rooms.pop(room, None)
                return None
            before = kept.newest
            if before is not None and view.analysed_s - before.analysed_s < MIN_PAUSE_S:
                return before
            jpeg = to_jpeg(view.analysis.frame.image_bgr, MAX_SIDE_PX)
            kept.newest = LiveFrame(jpeg, view.analysed_s)
            return kept.newest
