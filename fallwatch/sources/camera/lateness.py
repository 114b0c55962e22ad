"""Lateness of a stream's frames, by the time stamps that the camera gives them.

A server, the network and this computer's own buffers keep what was sent until it is read. A
computer too busy to read a stream for a while sees old frames afterwards, and takes them for new.
"""

from __future__ import annotations

import math

#: The stamps are believed once they have kept pace with the clock for this long. Many a camera
#: counts its frames instead, at a rate that it does not keep.
_PROOF_S = 10.0

#: How far stamps that are believed may fall behind the clock, as a share of time: clocks differ.
_DRIFT = 0.02

#: A lag that grows no faster is taken for such a difference, and forgotten as it grows. More than
#: the drift, for frames do not arrive evenly, and a slow clock may pass for a good one by chance.
_FORGET = 0.03

#: A stream that gets ahead of the clock by this much delivers what had piled up before, or its
#: stamps prove nothing.
_AHEAD_S = 0.1

#: Longer gaps between two frames are no matter of clocks.
_GAP_S = 1.0

#: A lag above this is real: it is not forgotten while it lasts.
_REAL_S = 1.0

#: Nobody keeps this many seconds of frames: the stamps have lost touch with the clock.
_NONSENSE_S = 120.0


class Lateness:
    """Feed it every frame of one open stream, in order."""

    _stream_s: float  # of the newest frame
    _now_s: float  # when that came
    _best_s: float  # the clock less the time stamp, when it was least
    _late_s: float
    _proof: tuple[float, float]  # time stamp and clock from which the two are compared
    _proven: bool

    def __init__(self) -> None:
        self._begin(-math.inf, 0.0)

    def update(self, stream_s: float, now_s: float) -> float:
        """Take a frame in.

        Args:
            stream_s: Its time stamp, in seconds; anything if the camera sets none.
            now_s: When it arrived, by a clock that never runs backwards.

        Returns:
            How many seconds later it is than frames were at best since the stream was opened;
            0.0 while that is not known.
        """
        if not stream_s > self._stream_s:  # not a number, always the same, or gone back
            self._begin(stream_s, now_s)
            return 0.0
        behind_s = now_s - stream_s
        if self._late_s < _REAL_S:
            self._best_s += _FORGET * min(now_s - self._now_s, _GAP_S)
        self._best_s = min(self._best_s, behind_s)
        self._late_s = behind_s - self._best_s
        self._stream_s, self._now_s = stream_s, now_s
        if self._late_s > _NONSENSE_S:
            self._begin(stream_s, now_s)
        self._compare_pace()
        return self._late_s if self._proven else 0.0

    def _begin(self, stream_s: float, now_s: float) -> None:
        self._stream_s = stream_s
        self._now_s = now_s
        self._best_s = now_s - stream_s
        self._late_s = 0.0
        self._proof = (stream_s, now_s)
        self._proven = False

    def _compare_pace(self) -> None:
        began_stream_s, began_s = self._proof
        elapsed_s = self._now_s - began_s
        ahead_s = self._stream_s - began_stream_s - elapsed_s
        if ahead_s > _AHEAD_S:
            self._proof = (self._stream_s, self._now_s)
        elif elapsed_s >= _PROOF_S:
            self._proven = self._proven or ahead_s >= -_DRIFT * elapsed_s
            self._proof = (self._stream_s, self._now_s)
