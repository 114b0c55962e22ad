"""Detection of a frozen camera: it sends the same image again and again."""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from fallwatch.core.image_checks.luma_thumbnail import GRAIN_ROWS, LumaThumbnail

#: Seconds without a new image until it counts as frozen. With the time until all images that
#: an encoder makes of a frozen room have been seen once, it is told within thirty.
FROZEN_AFTER_S = 18.0

#: Mean difference in grey levels from which an image is new. Measured on one unmoving room,
#: 640x480, as H.264 with a whole image every 2 to 10 s: a living room, with noise of only half a
#: grey level, differs by 0.68 and more from all that was seen before whenever the encoder sends a
#: whole image; in between it may repeat itself exactly. A frozen room comes out as several
#: images, up to 1.0 apart, that come again with every whole image.
_NEW_FROM = 0.5

#: Images remembered. An encoder makes several different ones of the same room, in turn.
_REMEMBERED = 8

#: Many cameras write a clock into the image, which may run on over a frozen room: the part of
#: the height that is left out at the top and at the bottom.
_CLOCK_BAND = 1 / 8

#: A gap this long between two images is a new beginning: nothing was seen in between.
_GAP_S = 5.0

#: Looks that it takes, beside the time: fewer are too few to know.
_LOOKS = 15

#: Times an image must have come back, after others, for one new image not to count. What noise
#: has made never comes back.
_RETURNS = 5

#: New images it takes to be no longer frozen; a frozen camera's encoder makes one now and then.
_THAWED_BY = 3


class FrozenImage:
    """Feed it an image about twice a second.

    A room in which nothing moves is not frozen: the noise of a living camera makes new images,
    however rarely its encoder lets it through. A camera that removes all noise, or sends a whole
    image less often than every 18 seconds, cannot be told from a frozen one.
    """

    def __init__(self) -> None:
        band = round(GRAIN_ROWS * _CLOCK_BAND)
        self._rows = slice(band, GRAIN_ROWS - band)
        self._known: deque[NDArray[np.int16]] = deque(maxlen=_REMEMBERED)
        self._shown: NDArray[np.int16] | None = None
        self._last = self._before_last = _Stretch(0.0)
        self._frozen = False
        self._thawing = 0
        self._looked_s = float("-inf")

    def update(self, seen: LumaThumbnail, now_s: float) -> bool:
        """Take an image in.

        Args:
            seen: The image.
            now_s: When it was taken, in seconds, never less than before.

        Returns:
            Whether the image is frozen.
        """
        if now_s - self._looked_s > _GAP_S:
            self._known.clear()
            self._last = self._before_last = _Stretch(now_s)
        self._looked_s = now_s
        grain = seen.grain[self._rows]
        known = self._recognise(grain)
        if known is None:
            self._begin_stretch(now_s)
            self._known.append(grain)
        else:
            self._last.looks += 1
            self._last.returns += known is not self._shown
            if self._is_still(now_s):
                self._frozen, self._thawing = True, 0
        self._shown = grain if known is None else known
        return self._frozen

    def _recognise(self, grain: NDArray[np.int16]) -> NDArray[np.int16] | None:
        """The known image that this one is most like; None if it is like none."""
        distances = [float(np.abs(grain - known).mean()) for known in self._known]
        nearest = int(np.argmin(distances)) if distances else None
        if nearest is None or distances[nearest] >= _NEW_FROM:
            return None
        return self._known[nearest]

    def _begin_stretch(self, now_s: float) -> None:
        still_s = now_s - self._last.since_s
        self._thawing = self._thawing + 1 if still_s < FROZEN_AFTER_S else 1
        self._frozen = self._frozen and self._thawing < _THAWED_BY
        self._before_last, self._last = self._last, _Stretch(now_s)

    def _is_still(self, now_s: float) -> bool:
        last, before = self._last, self._before_last
        if now_s - last.since_s >= FROZEN_AFTER_S and last.looks >= _LOOKS:
            return True
        returns, looks = last.returns + before.returns, last.looks + before.looks
        long = now_s - before.since_s >= FROZEN_AFTER_S and looks >= _LOOKS
        return long and returns >= _RETURNS


@dataclass(slots=True)
class _Stretch:
    """The time since a new image, without another.

    Attributes:
        since_s: When it came.
        looks: Images since.
        returns: How many of them showed another known image than the one before.
    """

    since_s: float
    looks: int = 0
    returns: int = 0
