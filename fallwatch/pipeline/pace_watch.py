"""Notices that too few pictures are analysed to see a fall. Pure: the time is given."""

from __future__ import annotations

from fallwatch.core.lasting import Lasting
from fallwatch.pipeline.status import Trouble
from fallwatch.pipeline.troubles import ANALYSIS_SLOW

#: Pictures a second under which it is told; and from which it is over. Somebody who falls is on
#: the way down for about half a second: fewer than five a second show that in two pictures or less.
TOO_SLOW_FPS, FAST_ENOUGH_FPS = 5.0, 6.0

#: Seconds until it counts, and until it is over. Starting and loading take a few.
_BEGINS_S, _ENDS_S = 8.0, 8.0


class PaceWatch:
    """Feed it the rates a few times a second.

    Args:
        camera: Its name, for the words.
    """

    def __init__(self, camera: str) -> None:
        self._camera = camera
        self._lasting = Lasting(_BEGINS_S, _ENDS_S)

    def update(
        self, *, running: bool, analysed_fps: float, captured_fps: float, now_s: float
    ) -> Trouble | None:
        """Take the rates in.

        Args:
            running: Whether pictures come and are analysed at all; else nothing is known.
            analysed_fps: Pictures a second that were analysed.
            captured_fps: Pictures a second that the camera sent.
            now_s: A clock that never runs backwards, in seconds.

        Returns:
            What to say while it is too slow; None if it is not.
        """
        holds = self._lasting.holds
        too_slow = analysed_fps < (FAST_ENOUGH_FPS if holds else TOO_SLOW_FPS)
        if not self._lasting.update(too_slow if running else holds, now_s):
            return None
        few = f"Only {analysed_fps:.0f} pictures a second are analysed in {self._camera}"
        if captured_fps < FAST_ENOUGH_FPS:
            remedy = "The camera sends no more: set it to at least 10 pictures a second"
        else:
            remedy = "This computer is too busy: close other programs, or watch fewer rooms"
        return Trouble(ANALYSIS_SLOW, f"{few}, and a fall may be missed. {remedy}.")
