"""Motion of a person's last seconds: how far and fast head and hips came down, how low, how flat.

Everything is in seconds and body sizes, so that frame rate, dropped frames and distance from the
camera do not change the numbers.
"""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from fallwatch.core.features import BodyMeasure

#: Seconds of history kept for each person.
HISTORY_S = 4.0

#: A descent is looked for within this time: a fall takes 0.4 to 1.2 s.
DESCENT_S = 1.2

#: Speed is averaged over this time, so that one wrong pose does not count as speed.
SPEED_S = 0.35

#: Posture is the median over this time.
POSTURE_S = 0.3

#: The reference (size, floor) is taken from before this time, so that the fall is not in it.
_SETTLED_S = 0.5

#: Without this much history nothing can be said about motion; and what the pose model sees in fewer
#: frames than this is more often a phantom than a person.
MIN_HISTORY_S = 0.3
MIN_SIGHTINGS = 5


@dataclass(frozen=True, slots=True)
class Motion:
    """The last seconds of one person.

    Attributes:
        span_s: How much history there is.
        sightings: In how many frames of it the person was seen.
        head_drop: How far the head came down within `DESCENT_S`, in body sizes.
        hip_drop: The same for the hips.
        head_speed: Fastest descent of the head within that time, body sizes per second.
        head_height: Height of the head over the floor line, in body sizes: about 1 standing,
            0.7 sitting, 0.45 crouching, 0.2 or less lying.
        last_head_height: The same over the last two sightings only: where it was when lost.
        hip_height: The same for the hips: about 0.5 standing or bending, 0.25 sitting, 0.1 lying.
        torso_angle_deg: 0 upright, 90 flat, 180 head down.
        aspect: Width over height of the body's box.
        shin_angle_deg: 0 with the feet under the knees, 90 with the shins level.
        hips_over_ankles: Height of the hips over the ankles, in body sizes.
        cut_off: Part of the body outside the image, 0 to 1.
        restlessness: How much head and hips moved during the last second, body sizes.
    """

    span_s: float
    sightings: int
    head_drop: float
    hip_drop: float
    head_speed: float
    head_height: float
    last_head_height: float
    hip_height: float
    torso_angle_deg: float
    aspect: float
    shin_angle_deg: float
    hips_over_ankles: float
    cut_off: float
    restlessness: float

    @property
    def can_be_judged(self) -> bool:
        """Whether there is enough history to say anything about motion."""
        return self.span_s >= MIN_HISTORY_S and self.sightings >= MIN_SIGHTINGS


# Columns of one history row.
_T, _SIZE, _HEAD_X, _HEAD_Y, _HIP_X, _HIP_Y, _FEET_Y = range(7)
_ANGLE, _ASPECT, _SHIN, _ANKLES, _CUT = range(7, 12)


class MotionHistory:
    """The sightings of one person over the last `HISTORY_S` seconds."""

    def __init__(self) -> None:
        self._rows: deque[tuple[float, ...]] = deque()

    def add(self, timestamp_s: float, body: BodyMeasure, height_px: int) -> None:
        """Take in a sighting.

        Args:
            timestamp_s: Later than the one before.
            body: The measured body.
            height_px: Height of the frame: a head guessed to be outside the image counts as at
                its edge, for BlazePose's guesses there are wild.
        """
        head_y = min(max(body.head_px[1], 0.0), float(height_px))
        hips_y = min(max(body.hips_px[1], 0.0), float(height_px))
        self._rows.append(
            (
                timestamp_s,
                body.size_px,
                body.head_px[0],
                head_y,
                body.hips_px[0],
                hips_y,
                body.feet_y_px,
                body.torso_angle_deg,
                body.aspect,
                body.shin_angle_deg,
                body.hips_over_ankles,
                body.cut_off,
            )
        )
        while timestamp_s - self._rows[0][_T] > HISTORY_S:
            self._rows.popleft()

    def motion(self) -> Motion:
        """Sum up. There must be at least one sighting."""
        rows = np.array(self._rows, dtype=np.float64)
        now = rows[-1, _T]
        size, floor_y = _reference(rows, now)
        recent = rows[rows[:, _T] >= now - DESCENT_S - 1e-9]
        posture = rows[rows[:, _T] >= now - POSTURE_S - 1e-9]
        head_y = float(np.median(posture[:, _HEAD_Y]))
        return Motion(
            span_s=float(now - rows[0, _T]),
            sightings=len(rows),
            head_drop=_drop(recent[:, _HEAD_Y]) / size,
            hip_drop=_drop(recent[:, _HIP_Y]) / size,
            head_speed=_top_speed(recent) / size,
            head_height=(floor_y - head_y) / size,
            last_head_height=(floor_y - float(rows[-2:, _HEAD_Y].mean())) / size,
            hip_height=(floor_y - float(np.median(posture[:, _HIP_Y]))) / size,
            torso_angle_deg=float(np.median(posture[:, _ANGLE])),
            aspect=float(np.median(posture[:, _ASPECT])),
            shin_angle_deg=float(np.median(posture[:, _SHIN])),
            hips_over_ankles=float(np.median(posture[:, _ANKLES])),
            cut_off=float(np.median(posture[:, _CUT])),
            restlessness=_restlessness(rows[rows[:, _T] >= now - 1.0 - 1e-9]) / size,
        )


def _reference(rows: NDArray[np.float64], now: float) -> tuple[float, float]:
    """Body size and floor line, in pixels, from before the last half second.

    The size is the upper quartile: a body bent towards the camera looks smaller, never larger.
    The floor is where the feet were, or are if lower.
    """
    settled = rows[rows[:, _T] <= now - _SETTLED_S]
    if len(settled) < 2:
        settled = rows
    size = float(np.quantile(settled[:, _SIZE], 0.75))
    return max(size, 1.0), float(np.median(settled[:, _FEET_Y]))


def _drop(y: NDArray[np.float64]) -> float:
    """Now below the highest point before; the highest is the second smallest y, against jitter."""
    highest = np.partition(y, 1)[1] if len(y) > 2 else y.min()
    return max(float(y[-1] - highest), 0.0)


def _top_speed(rows: NDArray[np.float64]) -> float:
    """Fastest descent of the head over `SPEED_S`, pixels per second, never negative."""
    t, y = rows[:, _T], rows[:, _HEAD_Y]
    starts = t[t <= t[-1] - SPEED_S + 1e-9]
    if len(starts) == 0:
        return 0.0
    begin = np.interp(starts, t, y)
    end = np.interp(starts + SPEED_S, t, y)
    return max(float((end - begin).max()) / SPEED_S, 0.0)


def _restlessness(rows: NDArray[np.float64]) -> float:
    """Larger of the ranges that head and hips covered, pixels."""
    points = rows[:, [_HEAD_X, _HEAD_Y, _HIP_X, _HIP_Y]]
    return float(np.quantile(np.ptp(points, axis=0), 0.75))
