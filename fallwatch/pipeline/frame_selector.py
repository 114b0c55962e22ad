"""Selection of a camera's frames: none without need, and as many as the room and the load ask."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager
from enum import Enum

from fallwatch.core.image_checks.motion_gate import StaticScene
from fallwatch.core.types import Analysis, Frame
from fallwatch.pipeline.cpu_scheduler import CpuScheduler
from fallwatch.pipeline.urgency import Urgency, somebody_falls

#: A room is calm after nothing in it has moved for this long.
_CALM_AFTER_S = 1.0

#: A room stays urgent for this long after somebody last went down: most falls have stages.
_URGENT_FOR_S = 2.0

#: The rate follows the load this often.
_FOLLOW_EVERY_S = 1.0


class Choice(str, Enum):
    """What to do with a frame."""

    JUDGE = "judge"
    SPARE = "spare"  # the room is empty and still: it counts as seen


class FrameSelector:
    """Chooses among the frames of one camera, in order of time. One thread uses it.

    Args:
        share: The computer, shared with other cameras.
        max_fps: Frames a second to judge at most.
        on_rate: Called with the frames a second that are wanted from now on, when that changes;
            until then ``max_fps`` are.
    """

    def __init__(
        self, share: CpuScheduler, max_fps: float, on_rate: Callable[[float], None]
    ) -> None:
        self._share = share
        self._max_fps = max_fps
        self._on_rate = on_rate
        self._fps = max_fps
        self._room = StaticScene()
        self._urgency = Urgency.MOVING
        self._fell_s = self._followed_s = float("-inf")
        share.set_urgency(self, self._urgency)

    def choose(self, frame: Frame) -> Choice:
        """What to do with the next frame; if it is judged, tell `saw` what was found."""
        spared = self._room.spares(frame)
        self._follow(frame.timestamp_s)
        return Choice.SPARE if spared else Choice.JUDGE

    def saw(self, analysis: Analysis) -> None:
        """Take in what a judged frame showed."""
        self._room.saw(analysis)
        now_s = analysis.frame.timestamp_s
        if somebody_falls(analysis):
            self._fell_s = now_s
        self._follow(now_s)

    @property
    def is_quiet(self) -> bool:
        """Whether nobody has been there and nothing has moved for a while."""
        return self._room.is_quiet

    def turn(self) -> AbstractContextManager[None]:
        """Wait until the computer has time for one frame more."""
        return self._share.turn(self)

    def close(self) -> None:
        """Leave the computer to the other cameras."""
        self._share.leave(self)
        self._want(self._max_fps)

    def _follow(self, now_s: float) -> None:
        urgency = self._urgency_at(now_s)
        if urgency is self._urgency and now_s - self._followed_s < _FOLLOW_EVERY_S:
            return
        self._urgency, self._followed_s = urgency, now_s
        self._share.set_urgency(self, urgency)
        self._want(self._share.fps(self, self._max_fps))

    def _urgency_at(self, now_s: float) -> Urgency:
        if now_s - self._fell_s <= _URGENT_FOR_S:
            return Urgency.FALLING
        if self._room.is_quiet:
            return Urgency.EMPTY
        moves = self._room.moved_within(_CALM_AFTER_S, now_s)
        return Urgency.MOVING if moves else Urgency.CALM

    def _want(self, fps: float) -> None:
        if fps != self._fps:
            self._fps = fps
            self._on_rate(fps)
