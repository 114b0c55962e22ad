"""Selection of a camera's frames: none without need, and as many as the load allows."""

from __future__ import annotations

from contextlib import AbstractContextManager
from enum import Enum

from fallwatch.core.image_checks.motion_gate import StaticScene
from fallwatch.core.image_checks.rate import RateGate
from fallwatch.core.types import Analysis, Frame
from fallwatch.pipeline.cpu_scheduler import CpuScheduler

#: The rate follows the load this often.
_FOLLOW_EVERY_S = 1.0


class Choice(str, Enum):
    """What to do with a picture."""

    JUDGE = "judge"
    SPARE = "spare"  # the room is empty and still: it counts as seen
    DROP = "drop"  # it comes too soon after the last one


class FrameSelector:
    """Chooses among the pictures of one camera, in order of time. One thread uses it.

    Args:
        share: The computer, shared with other cameras.
        max_fps: Pictures a second to judge at most.
    """

    def __init__(self, share: CpuScheduler, max_fps: float) -> None:
        self._share = share
        self._max_fps = max_fps
        self._fps = max_fps
        self._gate = self._new_gate()
        self._followed_s = float("-inf")
        self._room = StaticScene()
        self._busy = True
        share.set_busy(self, True)

    def choose(self, frame: Frame) -> Choice:
        """What to do with the next picture; if it is judged, tell `saw` what was found."""
        now = frame.timestamp_s
        if self._busy and not self._due(now):
            return Choice.DROP
        spared = self._room.spares(frame)
        if self._busy is self._room.is_quiet:
            self._turn_over(now)
        return Choice.SPARE if spared else Choice.JUDGE

    def saw(self, analysis: Analysis) -> None:
        """Take in what a judged picture showed."""
        self._room.saw(analysis)

    @property
    def is_quiet(self) -> bool:
        """Whether nobody has been there and nothing has moved for a while."""
        return self._room.is_quiet

    def turn(self) -> AbstractContextManager[None]:
        """Wait until the computer has time for one picture more."""
        return self._share.turn()

    def close(self) -> None:
        """Leave the computer to the other cameras."""
        self._share.set_busy(self, False)

    def _due(self, now: float) -> bool:
        if now - self._followed_s >= _FOLLOW_EVERY_S:
            self._followed_s = now
            fps = self._share.fps(self._max_fps)
            if fps != self._fps:
                self._fps = fps
                self._gate = self._new_gate()
        return self._gate.due(now)

    def _new_gate(self) -> RateGate:
        # Pictures come here at the capture thread's rate: evenly spread, 8 of 15 would be 7.5.
        return RateGate(self._fps, on_average=True)

    def _turn_over(self, now: float) -> None:
        """From busy to quiet or back; the picture in hand is the first of the new count."""
        self._busy = not self._busy
        self._share.set_busy(self, self._busy)
        self._gate = self._new_gate()
        self._gate.due(now)
