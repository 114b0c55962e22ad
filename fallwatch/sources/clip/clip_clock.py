"""Time stamps of a clip's frames."""

from __future__ import annotations

import math

FALLBACK_FPS = 25.0
_MAX_FPS = 1000.0
# Still scenes are stored with long gaps; a longer one is a broken or joined file.
_MAX_GAP_S = 60.0


def sane_fps(fps: float) -> float:
    """The rate a file claims, or 25 where that cannot be."""
    return fps if math.isfinite(fps) and 0.1 <= fps <= _MAX_FPS else FALLBACK_FPS


class ClipClock:
    """Makes strictly increasing time stamps, from 0 on, from what the file says of each frame.

    The file's own time is taken where it is plausible, so that clips of variable frame rate
    keep theirs; otherwise a frame follows the one before after the nominal time.

    Args:
        fps: Nominal frames per second.
    """

    def __init__(self, fps: float) -> None:
        self._step_s = 1.0 / sane_fps(fps)
        self._last_s: float | None = None
        self._shift_s: float | None = None  # from the file's clock to ours

    @property
    def end_s(self) -> float:
        """Time at which the last frame has been shown to its end, in seconds."""
        return 0.0 if self._last_s is None else self._last_s + self._step_s

    def stamp(self, file_time_s: float | None) -> float:
        """Time stamp of the next frame, in seconds.

        Args:
            file_time_s: Time to show it, by the file's clock, which may begin anywhere; None
                where the file does not say.
        """
        stamp_s = self.end_s
        if file_time_s is not None:
            if self._shift_s is None:
                self._shift_s = stamp_s - file_time_s
            wanted_s = file_time_s + self._shift_s
            if self._last_s is None or self._last_s < wanted_s <= self._last_s + _MAX_GAP_S:
                stamp_s = wanted_s
            elif abs(wanted_s - self._last_s) > _MAX_GAP_S:
                self._shift_s = stamp_s - file_time_s  # its clock was set again
        self._last_s = stamp_s
        return stamp_s

    def start_over(self) -> None:
        """The file begins again from its first frame; time goes on."""
        self._shift_s = None
