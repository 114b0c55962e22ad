"""Motion of a person's last seconds: how far and fast head and hips came down, how low, how flat.

Everything is in seconds and body sizes, so that frame rate, dropped frames and distance from the
camera do not change the numbers.
"""

from __future__ import annotations

import math
from collections import deque
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from fallwatch.core.features import BodyMeasure

#: Seconds of history kept for each person.
HISTORY_S = 4.0

#: A descent is looked for within this time: a fall takes 0.4 to 1.2 s.
DESCENT_S = 1.2

#: Whoever slides down takes longer, but not longer than this.
SLIDE_S = 2.5

#: Speed is averaged over this time, so that one wrong pose does not count as speed.
SPEED_S = 0.35

#: Posture is the median over this time.
POSTURE_S = 0.3

#: The reference (size, floor) is taken from before this time, so that the fall is not in it.
_SETTLED_S = 0.5

#: ... and within this time of it; somebody upright then, this tall, and with the hips this high
#: over the feet, gives a new one. Once it is older than the last, anybody upright does, however
#: tall: it may have been wrong.
_REFERENCE_S = 1.0
_OLDEST_S = _SETTLED_S + _REFERENCE_S
_UPRIGHT_DEG = 40.0
_TALL = 0.6
_ON_LEGS = 0.35
_STALE_S = 20.0

#: Whoever has been further from there than this for the whole history, in body sizes, was moved or
#: moved on sitting, as in a wheelchair.
_ELSEWHERE = 1.5

#: Somebody sits on the floor with the hips this low over it and over the feet, and the head between
#: the two others, in body sizes.
_SAT_HIPS = 0.26
_SAT_HIPS_OVER_FEET = 0.45
_SAT_HEAD = (0.35, 0.75)

#: Somebody is on hands and knees, head towards the camera, with a body so short and so low.
_CRAWL_SIZE = 0.42
_CRAWL_HEAD = 0.6

#: Whatever else people do down there, on the way to lying on purpose, they do with the head so low,
#: and not wider than high: that would be lying already.
_LOW_HEAD = 0.5
_LOW_ASPECT = 1.2

#: In both they move: head or hips by more than this within this time, in body sizes. Whoever fell
#: along the line of sight looks the same and keeps still.
_MOVES = 0.06
_MOVES_S = 0.4

#: All only if the classifier does not take them for fallen; without one only sitting counts.
_SAT_P_FALL = 0.4

#: Whoever is on their feet for this long, the head higher than that of anybody who sits, is not
#: down any more. The pose model shows some who crouch upright for a frame.
_STOOD_S = 0.3

#: A sighting stands for no more than this time of sitting.
_LONGEST_GAP_S = 0.2

#: Whoever walks away from the camera seems to shrink by this share a second at most.
_SHRINK_PER_S = 0.5

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
        total_drop: How far the head is below where it was within `SLIDE_S`, in body sizes.
        length: Body size now over that of the body upright: whoever lies across the image keeps
            theirs; on hands and knees, head towards the camera, it falls to a third.
        jitter: How far the sizes of the last second lie from the middle of their neighbours, on
            average, in body sizes: the pose model guesses.
        sat_s: For how long in the last `HISTORY_S` the person sat on the floor, was on hands and
            knees, or moved about as low, since they were last on their feet: who does that first
            lies down, and does not fall; who got up, or was helped up, may fall again at once.
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
    total_drop: float
    length: float
    jitter: float
    sat_s: float

    @property
    def can_be_judged(self) -> bool:
        """Whether there is enough history to say anything about motion."""
        return self.span_s >= MIN_HISTORY_S and self.sightings >= MIN_SIGHTINGS


# Columns of one history row.
_T, _SIZE, _HEAD_X, _HEAD_Y, _HIP_X, _HIP_Y, _FEET_Y = range(7)
_ANGLE, _ASPECT, _SHIN, _ANKLES, _CUT, _P_FALL = range(7, 13)


class MotionHistory:
    """The sightings of one person over the last `HISTORY_S` seconds."""

    def __init__(self) -> None:
        self._rows: deque[tuple[float, ...]] = deque()
        self._sightings = np.zeros((0, _P_FALL + 1))
        self._upright: Reference | None = None
        self._reference = Reference(0.0, 1.0, 0.0, (0.0, 0.0))
        self._sat: deque[tuple[float, float]] = deque()
        self._on_feet_since_s: float | None = None

    def add(
        self, timestamp_s: float, body: BodyMeasure, height_px: int, p_fall: float | None
    ) -> None:
        """Take in a sighting.

        Args:
            timestamp_s: Later than the one before.
            body: The measured body.
            height_px: Height of the frame: a head guessed to be outside the image counts as at
                its edge, for BlazePose's guesses there are wild.
            p_fall: The classifier's probability, smoothed; None if never asked.
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
                math.nan if p_fall is None else p_fall,
            )
        )
        while timestamp_s - self._rows[0][_T] > HISTORY_S:
            self._rows.popleft()
        rows = self._sightings = np.array(self._rows, dtype=np.float64)
        self._upright = _newer_reference(rows, self._upright)
        if self._upright is not None and self._upright.is_elsewhere(rows[0]):
            self._upright = None
        self._reference = self._upright or _first_reference(rows)
        self._note_sitting(rows)
        self._note_standing(rows[-1])

    def motion(self) -> Motion:
        """Sum up. There must be at least one sighting."""
        rows = self._sightings
        now = rows[-1, _T]
        size, floor_y = self._reference.size_px, self._reference.floor_y_px
        recent = rows[rows[:, _T] >= now - DESCENT_S - 1e-9]
        posture = rows[rows[:, _T] >= now - POSTURE_S - 1e-9]
        last_second = rows[rows[:, _T] >= now - 1.0 - 1e-9]
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
            restlessness=_restlessness(last_second) / size,
            total_drop=_total_drop(rows[rows[:, _T] >= now - SLIDE_S - 1e-9]) / size,
            length=float(np.median(posture[:, _SIZE])) / size,
            jitter=_jitter(last_second) / size,
            sat_s=sum(seconds for _, seconds in self._sat),
        )

    def _note_sitting(self, rows: NDArray[np.float64]) -> None:
        """Note whether somebody sits on the floor, is on hands and knees, or moves about as low.

        Each sighting is measured by the floor and the body size of its own time.
        """
        row, now = rows[-1], float(rows[-1, _T])
        size, floor_y = self._reference.size_px, self._reference.floor_y_px
        hips, head = (floor_y - row[_HIP_Y]) / size, (floor_y - row[_HEAD_Y]) / size
        over_feet = (row[_FEET_Y] - row[_HIP_Y]) / max(row[_SIZE], 1.0)
        hips_down = hips < _SAT_HIPS and over_feet < _SAT_HIPS_OVER_FEET
        sits = hips_down and _SAT_HEAD[0] < head < _SAT_HEAD[1] and row[_ANGLE] < _UPRIGHT_DEG
        crawls = head < _CRAWL_HEAD and row[_SIZE] < _CRAWL_SIZE * size
        moves = _restlessness(rows[rows[:, _T] >= now - _MOVES_S - 1e-9]) > _MOVES * size
        looks_fallen = row[_P_FALL] >= _SAT_P_FALL
        low = head < _LOW_HEAD and row[_ASPECT] <= _LOW_ASPECT
        at_work = (crawls or low) and moves and row[_P_FALL] < _SAT_P_FALL
        if (sits and not looks_fallen) or at_work:
            gap_s = now - float(rows[-2:][0, _T])
            self._sat.append((now, min(gap_s, _LONGEST_GAP_S)))
        while self._sat and now - self._sat[0][0] > HISTORY_S:
            self._sat.popleft()

    def _note_standing(self, row: NDArray[np.float64]) -> None:
        """Forget that somebody sat on the floor, once they are on their feet."""
        now, size = float(row[_T]), self._reference.size_px
        high = self._reference.floor_y_px - row[_HEAD_Y] > _SAT_HEAD[1] * size
        if not (high and _is_on_legs(row) and row[_ANGLE] <= _UPRIGHT_DEG):
            self._on_feet_since_s = None
            return
        self._on_feet_since_s = now if self._on_feet_since_s is None else self._on_feet_since_s
        if now - self._on_feet_since_s >= _STOOD_S - 1e-9:
            self._sat.clear()


@dataclass(frozen=True, slots=True)
class Reference:
    """What a person's motion is measured by: the body as it was when last seen upright.

    Attributes:
        at_s: When that was.
        size_px: Body size.
        floor_y_px: Where the feet stood.
        hips_px: Where the hips were, x and y.
    """

    at_s: float
    size_px: float
    floor_y_px: float
    hips_px: tuple[float, float]

    def is_elsewhere(self, row: NDArray[np.float64]) -> bool:
        """Whether a sighting is so far from there that neither size nor floor can be the same."""
        x, y = row[_HIP_X] - self.hips_px[0], row[_HIP_Y] - self.hips_px[1]
        return math.hypot(x, y) > _ELSEWHERE * self.size_px


def _first_reference(rows: NDArray[np.float64]) -> Reference:
    """The reference of somebody not seen upright yet: of all settled rows.

    The size is the upper quartile, for a body bent towards the camera looks smaller, never larger;
    the floor is where the feet were.
    """
    now = float(rows[-1, _T])
    settled = rows[rows[:, _T] <= now - _SETTLED_S]
    if len(settled) < 2:
        settled = rows
    size = max(float(np.quantile(settled[:, _SIZE], 0.75)), 1.0)
    return Reference(now, size, float(np.median(settled[:, _FEET_Y])), _hips(settled))


def _newer_reference(rows: NDArray[np.float64], earlier: Reference | None) -> Reference | None:
    """The reference as of the settled rows, if they show the person upright; else the earlier one.

    Whoever walks away from the camera becomes smaller, but no faster than `_SHRINK_PER_S`: whoever
    goes down on hands and knees, head towards the camera, seems to shrink at once.
    """
    now = float(rows[-1, _T])
    recent = rows[(rows[:, _T] <= now - _SETTLED_S) & (rows[:, _T] >= now - _OLDEST_S)]
    if len(recent) < 2 or recent[-1, _ANGLE] > _UPRIGHT_DEG:
        return earlier
    latest, at_s = recent[-1], float(recent[-1, _T])
    known = earlier if earlier is not None and at_s - earlier.at_s <= _STALE_S else None
    usual_size = latest[_SIZE] if known is None else known.size_px
    tall = latest[_FEET_Y] - latest[_HEAD_Y] >= _TALL * usual_size
    if not (tall and _is_on_legs(latest)):
        return earlier
    kept = 0.0 if known is None else known.size_px * math.exp(-_SHRINK_PER_S * (at_s - known.at_s))
    size = float(np.quantile(recent[:, _SIZE], 0.75))
    floor_y = float(np.median(recent[:, _FEET_Y]))
    return Reference(at_s, max(size, kept, 1.0), floor_y, _hips(recent))


def _is_on_legs(row: NDArray[np.float64]) -> bool:
    """Whether the hips are over the feet as those of somebody who stands on their legs."""
    return bool(row[_FEET_Y] - row[_HIP_Y] >= _ON_LEGS * row[_SIZE])


def _hips(rows: NDArray[np.float64]) -> tuple[float, float]:
    return float(rows[-1, _HIP_X]), float(rows[-1, _HIP_Y])


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


def _total_drop(rows: NDArray[np.float64]) -> float:
    """The head's median of the last three sightings below its highest, against jitter; pixels."""
    y = rows[:, _HEAD_Y]
    highest = np.partition(y, 2)[2] if len(y) > 3 else y.min()
    return max(float(np.median(y[-3:]) - highest), 0.0)


def _jitter(rows: NDArray[np.float64]) -> float:
    """How far each size lies from the middle of its neighbours, so that a trend does not count."""
    size = rows[:, _SIZE]
    if len(size) < 3:
        return 0.0
    return float(np.abs(size[1:-1] - (size[:-2] + size[2:]) / 2).mean())
