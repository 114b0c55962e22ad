"""The throughput check: too few frames analysed, or old ones. Pure: the time is given."""

from __future__ import annotations

from fallwatch.core.image_checks.hysteresis import Hysteresis
from fallwatch.core.image_checks.sparse import TOO_FEW_FPS
from fallwatch.core.message import Message
from fallwatch.pipeline.health.faults import ANALYSIS_SLOW, CAMERA_LATE
from fallwatch.pipeline.health.status import Fault

#: Frames a second under which it is told; and from which it is over.
TOO_SLOW_FPS, FAST_ENOUGH_FPS = TOO_FEW_FPS, 6.0

#: Seconds until it counts, and until it is over. Starting and loading take a few.
_BEGINS_S, _ENDS_S = 8.0, 8.0

#: Seconds that frames are late from which it is told, and up to which it is over. Most hiccups
#: of a network are shorter.
TOO_LATE_S, IN_TIME_S = 5.0, 2.0

#: Seconds until that counts, and until it is over: what has piled up is often soon caught up with.
_LATE_BEGINS_S, _LATE_ENDS_S = 5.0, 5.0


class ThroughputCheck:
    """Feed it the rates, and how late frames are, a few times a second.

    Args:
        camera: Its name, for the words.
    """

    def __init__(self, camera: str) -> None:
        self._camera = camera
        self._slow = Hysteresis(_BEGINS_S, _ENDS_S)
        self._late = Hysteresis(_LATE_BEGINS_S, _LATE_ENDS_S)

    def update(
        self,
        *,
        running: bool,
        analysed_fps: float,
        captured_fps: float,
        late_s: float,
        now_s: float,
    ) -> Fault | None:
        """Take in how it is.

        Args:
            running: Whether frames come and are analysed at all; else nothing is known.
            analysed_fps: Frames a second that were analysed.
            captured_fps: Frames a second that the camera sent.
            late_s: How much later than usual the newest frame came.
            now_s: A clock that never runs backwards, in seconds.

        Returns:
            What to say while it is late or too slow; None if it is neither.
        """
        was_late, was_slow = self._late.holds, self._slow.holds
        too_late = late_s > (IN_TIME_S if was_late else TOO_LATE_S)
        too_slow = analysed_fps < (FAST_ENOUGH_FPS if was_slow else TOO_SLOW_FPS)
        is_slow = self._slow.update(too_slow if running else was_slow, now_s)
        if self._late.update(too_late if running else was_late, now_s):
            return Fault(CAMERA_LATE, self._late_words())
        if is_slow:
            return Fault(ANALYSIS_SLOW, self._slow_words(analysed_fps, captured_fps))
        return None

    def _late_words(self) -> Message:
        return Message(
            "Images arrive late: what {0} shows is several seconds old. This computer or the "
            "network is too busy: close other programs, watch fewer rooms, or set the camera to "
            "smaller images.",
            (self._camera,),
        )

    def _slow_words(self, analysed_fps: float, captured_fps: float) -> Message:
        if captured_fps < FAST_ENOUGH_FPS:
            remedy = Message("The camera sends no more: set it to at least 10 frames a second")
        else:
            remedy = Message(
                "This computer is too busy: close other programs, or watch fewer rooms"
            )
        return Message(
            "Only {0} frames a second are analysed in {1}, and a fall may be missed. {2}.",
            (f"{analysed_fps:.0f}", self._camera, remedy),
        )
