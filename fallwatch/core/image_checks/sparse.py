"""Clips of too few frames: a fall between two of them is not seen."""

from __future__ import annotations

from collections.abc import Iterable

from fallwatch.core.message import NO_MESSAGE, Message

#: Frames a second under which it is told. Somebody who falls is on the way down for about half a
#: second: fewer than five a second show that in two frames or less.
TOO_FEW_FPS = 5.0

#: Time stamps are rounded.
_ROUNDING_S = 0.005


class SparseFrames:
    """Feed it the time stamp of every analysed frame of a clip, in order.

    A gap where nothing moved, as in recordings by motion, says nothing: most of the gaps count.
    """

    def __init__(self, timestamps_s: Iterable[float] = ()) -> None:
        self._last_s: float | None = None
        self._close = self._wide = 0
        self._wide_s = 0.0
        for timestamp_s in timestamps_s:
            self.see(timestamp_s)

    @property
    def fps(self) -> float | None:
        """Frames a second where there are too few of them; None where there are enough."""
        return self._wide / self._wide_s if self._wide > self._close else None

    def see(self, timestamp_s: float) -> None:
        """Take a frame in."""
        if self._last_s is not None:
            gap_s = timestamp_s - self._last_s
            if gap_s > 1 / TOO_FEW_FPS + _ROUNDING_S:
                self._wide += 1
                self._wide_s += gap_s
            else:
                self._close += 1
        self._last_s = timestamp_s

    def warning(self, clip: str) -> Message:
        """What to say of a clip of this name; nothing if it has enough frames."""
        fps = self.fps
        if fps is None:
            return NO_MESSAGE
        return Message(
            "{0} has only {1} frames a second, and a fall may be missed. Record at least 10.",
            (clip, f"{fps:.2g}"),
        )
