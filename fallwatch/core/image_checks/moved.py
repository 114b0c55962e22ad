"""Detection of a moved camera: it looks somewhere else than before."""

from __future__ import annotations

import numpy as np

from fallwatch.core.image_checks.hysteresis import Hysteresis
from fallwatch.core.image_checks.luma_thumbnail import LumaThumbnail
from fallwatch.core.types import Floats

#: Seconds of watching from which the usual view is learnt.
_LEARN_S = 10.0

#: Seconds over which the present view is averaged: who walks through is blurred out of it.
_PRESENT_S = 6.0

#: Likeness of the outlines, 1 for the same and 0 for a chance view, under which the view is
#: another one; and from which it is the usual one again.
_OTHER, _USUAL = 0.30, 0.45

#: Seconds until it is told, and until it counts as over.
_BEGINS_S, _ENDS_S = 10.0, 5.0

#: A view that was kept this long was chosen, and becomes the usual one.
_ACCEPTED_AFTER_S = 600.0

#: Share by which the usual view follows the present one each second, so that daylight and a chair
#: that is moved change it slowly.
_FOLLOWS = 1 / 300

#: Outlines weaker than this, in grey levels, count as noise.
_FAINT = 4.0


class MovedCamera:
    """Feed it an image about twice a second, of those in which something is to be seen.

    It compares outlines, not brightness: a lamp that is switched on is not another view. The
    usual view is learnt again whenever watching begins.
    """

    def __init__(self) -> None:
        self._lasting = Hysteresis(_BEGINS_S, _ENDS_S)
        self._usual: Floats | None = None
        self._present: Floats | None = None
        self._began_s = 0.0
        self._moved_s: float | None = None
        self._last_s = 0.0

    def update(self, seen: LumaThumbnail, now_s: float) -> bool:
        """Take an image in.

        Args:
            seen: The image.
            now_s: When it was taken, in seconds, never less than before.

        Returns:
            Whether the camera looks somewhere else than it used to.
        """
        outlines = _outlines(seen.blocks)
        if self._present is None:
            self._present, self._began_s, self._last_s = outlines, now_s, now_s
        elapsed_s, self._last_s = now_s - self._last_s, now_s
        share = min(1.0, elapsed_s / _PRESENT_S)
        self._present = (1 - share) * self._present + share * outlines
        if self._usual is None:
            if now_s - self._began_s >= _LEARN_S:
                self._usual = self._present
            return False
        like = likeness(self._usual, self._present)
        moved = self._lasting.update(like < (_USUAL if self._lasting.holds else _OTHER), now_s)
        if moved:
            return self._still_moved(now_s)
        self._moved_s = None
        if like >= _USUAL:
            share = min(1.0, elapsed_s * _FOLLOWS)
            self._usual = (1 - share) * self._usual + share * self._present
        return False

    def _still_moved(self, now_s: float) -> bool:
        if self._moved_s is None:
            self._moved_s = now_s
        if now_s - self._moved_s < _ACCEPTED_AFTER_S:
            return True
        self._usual, self._moved_s = self._present, None
        self._lasting = Hysteresis(_BEGINS_S, _ENDS_S)
        return False


def likeness(one: Floats, other: Floats) -> float:
    """How alike two views are by their outlines: 1 the same, about 0 two that share nothing.

    Args:
        one: (n, 2) float32: strength of the vertical and horizontal outlines, place by place.
        other: The same of another view.
    """
    strength = float(np.linalg.norm(one) * np.linalg.norm(other))
    return float(np.sum(one * other)) / strength if strength > 0 else 1.0


def _outlines(blocks: Floats) -> Floats:
    """Outlines of an image, each with its direction; strong ones count little more than others.

    Returns:
        (n, 2) float32, between -1 and 1.
    """
    down = blocks[1:, :-1] - blocks[:-1, :-1]
    across = blocks[:-1, 1:] - blocks[:-1, :-1]
    both: Floats = np.stack((down.ravel(), across.ravel()), axis=1)
    return np.asarray(both / (np.abs(both) + _FAINT), np.float32)
