"""Time stamps of a clip's pictures."""

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
    """Makes strictly increasing time stamps from what the decoder says of each picture.

    The decoder's own stamp is taken where it is plausible, so that clips of variable frame rate
    keep their time; else the picture follows the last one after one frame's time.

    Args:
        fps: Nominal pictures per second.
    """

    def __init__(self, fps: float) -> None:
        self._step_s = 1.0 / sane_fps(fps)
        self._offset_s = 0.0
        self._last_s: float | None = None

    @property
    def end_s(self) -> float:
        """When the last picture has been shown for its time, in seconds."""
        return 0.0 if self._last_s is None else self._last_s + self._step_s

    def stamp(self, decoder_ms: float) -> float:
        """Time stamp of the next picture, in seconds.

        Args:
            decoder_ms: Milliseconds since the beginning of the file, as the decoder says.
        """
        stamp_s = self._offset_s + decoder_ms / 1000.0
        earliest_s = 0.0 if self._last_s is None else self._last_s
        plausible = earliest_s <= stamp_s <= earliest_s + _MAX_GAP_S
        if not plausible or stamp_s == self._last_s:
            stamp_s = self.end_s
        self._last_s = stamp_s
        return stamp_s

    def start_over(self) -> None:
        """The file begins again from its first picture; time goes on."""
        self._offset_s = self.end_s
