"""Notices that a camera sends the same picture again and again."""

from __future__ import annotations

from collections import deque

import numpy as np
from numpy.typing import NDArray

from fallwatch.core.sight import GRAIN_ROWS, Sight

#: Seconds without a new picture until it counts as frozen.
FROZEN_AFTER_S = 20.0

#: Mean difference in grey levels from which a picture is new. Measured on one unmoving room,
#: 640x480, encoded as H.264 at 0.3 to 1 Mbit/s: a frozen room, decoded, differs by up to 0.27 from
#: what was seen before; a living one, with noise of only half a grey level, by 0.68 and more
#: whenever the encoder sends a whole picture. Between whole pictures it may repeat itself exactly.
_NEW_FROM = 0.4

#: Pictures remembered. An encoder makes several different ones of the same room, in turn.
_REMEMBERED = 8

#: Many cameras write a clock into the picture, which may run on over a frozen room: the part of
#: the height that is left out at the top and at the bottom.
_CLOCK_BAND = 1 / 8

#: A gap this long between two pictures is a new beginning: nothing was seen in between.
_GAP_S = 5.0

#: Looks without a new picture that it takes, beside the time: fewer are too few to know.
_LOOKS = 15

#: New pictures it takes to be no longer frozen; a frozen camera's encoder makes one now and then.
_THAWED_BY = 3


class FrozenPicture:
    """Feed it a picture about twice a second.

    A room in which nothing moves is not frozen: the noise of a living camera makes new pictures,
    however rarely its encoder lets it through. A camera that removes all noise, or sends a whole
    picture less often than every 20 seconds, cannot be told from a frozen one.
    """

    def __init__(self) -> None:
        band = round(GRAIN_ROWS * _CLOCK_BAND)
        self._rows = slice(band, GRAIN_ROWS - band)
        self._known: deque[NDArray[np.int16]] = deque(maxlen=_REMEMBERED)
        self._frozen = False
        self._thawing = 0
        self._looks = 0
        self._new_s = 0.0
        self._last_s = float("-inf")

    def update(self, seen: Sight, now_s: float) -> bool:
        """Take a picture in.

        Args:
            seen: The picture.
            now_s: When it was taken, in seconds, never less than before.

        Returns:
            Whether the picture is frozen.
        """
        grain = seen.grain[self._rows]
        if now_s - self._last_s > _GAP_S:
            self._known.clear()
            self._new_s, self._looks = now_s, 0
        self._last_s = now_s
        self._looks += 1
        still_s = now_s - self._new_s
        if all(np.abs(grain - known).mean() >= _NEW_FROM for known in self._known):
            self._known.append(grain)
            self._new_s, self._looks = now_s, 0
            self._thawing = self._thawing + 1 if still_s < FROZEN_AFTER_S else 1
            self._frozen = self._frozen and self._thawing < _THAWED_BY
        elif still_s >= FROZEN_AFTER_S and self._looks >= _LOOKS:
            self._frozen, self._thawing = True, 0
        return self._frozen
