"""Detection of a blocked camera: it is dark, or something covers the lens."""

from __future__ import annotations

from enum import Enum

import numpy as np

from fallwatch.core.image_checks.hysteresis import Hysteresis
from fallwatch.core.image_checks.luma_thumbnail import LumaThumbnail

#: Seconds until it is told, and until it counts as over.
_BEGINS_S, _ENDS_S = 10.0, 3.0

#: Grey level that all but a twentieth of a dark image stays under; a little more to end it.
_DARK, _NO_LONGER_DARK = 28.0, 36.0

#: Spread of the middle nine tenths of the image's blocks, in grey levels, under which nothing is
#: to be seen in it: a lens that is covered, or fogged, or looks at a wall from close by.
_PLAIN, _NO_LONGER_PLAIN = 14.0, 20.0


class Blindness(str, Enum):
    """Why nothing is seen."""

    DARK = "dark"
    COVERED = "covered"


def blindness(seen: LumaThumbnail, *, already: bool = False) -> Blindness | None:
    """Why one image shows nothing; None if something can be seen.

    Args:
        seen: The image.
        already: Whether the ones before showed nothing; then a little more must be seen.
    """
    low, high = np.percentile(seen.blocks, (5, 95))
    if high < (_NO_LONGER_DARK if already else _DARK):
        return Blindness.DARK
    if high - low < (_NO_LONGER_PLAIN if already else _PLAIN):
        return Blindness.COVERED
    return None


class BlockedImage:
    """Feed it an image about twice a second."""

    def __init__(self) -> None:
        self._lasting = Hysteresis(_BEGINS_S, _ENDS_S)
        self._why: Blindness | None = None

    def update(self, seen: LumaThumbnail, now_s: float) -> Blindness | None:
        """Take an image in.

        Args:
            seen: The image.
            now_s: When it was taken, in seconds, never less than before.

        Returns:
            Why nothing has been seen for some time; None if something is seen.
        """
        why = blindness(seen, already=self._lasting.holds)
        self._why = why or self._why
        return self._why if self._lasting.update(why is not None, now_s) else None
