"""Bodies that are followed, and those that were lost and may lie where they were last seen."""

from __future__ import annotations

import math
from dataclasses import dataclass
from statistics import median

from fallwatch.core.features import measure_body
from fallwatch.core.geometry import person_box
from fallwatch.core.types import Frame
from fallwatch.pose.landmarks import Body
from fallwatch.pose.region import Region
from fallwatch.pose.second_eye import Glimpse

#: Whoever was lost with the torso this far from upright, or the head this far below where it was a
#: little before, in body sizes, may lie there now.
_LYING_DEG = 40.0
_CAME_DOWN = 0.2
_BEFORE_S = 1.5

#: How often somebody lost is looked for, by the time they have been out of sight: seconds since,
#: and seconds between looks. After the last they were helped up unseen.
_PACES = ((3.0, 0.25), (60.0, 1.0), (660.0, 5.0))

#: Whoever only the second eye sees is looked at for the judge, and after this time, in seconds,
#: now and then: what lies there is known by now, or is a chair.
_SEEN_PACES = ((60.0, 0.25), (660.0, 1.0))

#: The second look takes in a square of this many body sizes, a little below the last place.
_LOOK_BODY_SIZES = 2.0
_LOOK_BELOW = 0.2

#: Side of the square around a body, in body sizes.
_SIDE_BODY_SIZES = 2.0

#: Scores of the second eye from which there is somebody: where somebody was just lost, and in the
#: whole image. In images of empty rooms it gave at most 0.20.
LOST_SCORE = 0.08
NEWCOMER_SCORE = 0.25

#: A body is another one if its hips are farther off than this, in body sizes. Whoever lies with
#: the feet towards the camera looks small, but not as small as this, nor larger than that.
_SAME_PLACE = 1.0
_SMALLEST, _LARGEST = 0.2, 2.0

_NEVER = float("-inf")


@dataclass(frozen=True, slots=True)
class Seen:
    """Where a body was in one frame, in pixels.

    Attributes:
        at_s: The frame's time stamp.
        head_y_px: Height of the head in the image, downwards.
        hips_px: Middle of the hips, x and y.
        size_px: Body size, see `fallwatch.core.features.BodyMeasure`.
        torso_angle_deg: 0 upright, 90 flat.
    """

    at_s: float
    head_y_px: float
    hips_px: tuple[float, float]
    size_px: float
    torso_angle_deg: float


@dataclass(frozen=True, slots=True)
class FollowedBody:
    """A body that was found in the latest frame.

    Attributes:
        region: Where to look for it in the next frame.
        seen: The last `_BEFORE_S` seconds, oldest first.
    """

    region: Region
    seen: tuple[Seen, ...]

    @classmethod
    def of(cls, body: Body, frame: Frame, before: tuple[Seen, ...]) -> FollowedBody:
        """A body found in a frame.

        Args:
            body: The body.
            frame: The frame.
            before: Where it was in earlier frames; none for a newcomer.
        """
        box = person_box(body.pose, frame.width_px, frame.height_px)
        measure = box and measure_body(body.pose, box, frame.width_px, frame.height_px)
        if not measure:
            return cls(body.region, before)
        now = frame.timestamp_s
        seen = Seen(
            now,
            min(max(measure.head_px[1], 0.0), float(frame.height_px)),
            measure.hips_px,
            measure.size_px,
            measure.torso_angle_deg,
        )
        return cls(body.region, (*(one for one in before if now - one.at_s <= _BEFORE_S), seen))

    @property
    def may_lie(self) -> bool:
        """Whether this body, if it is lost now, may well be lying."""
        if not self.seen:
            return False
        last = self.seen[-1]
        highest = min(one.head_y_px for one in self.seen)
        came_down = (last.head_y_px - highest) / last.size_px
        return last.torso_angle_deg > _LYING_DEG or came_down > _CAME_DOWN


@dataclass(slots=True, eq=False)
class LostBody:
    """A body that may lie where it was last seen.

    Attributes:
        since_s: Time stamp of the frame in which BlazePose last had it.
        lost_s: Time stamp of the frame that last showed it.
        looked_s: When it was last looked for.
        hips_px: Where the hips were, x and y.
        size_px: Its size.
        place: Where to look.
        min_score: How sure the second eye must be of it.
    """

    since_s: float
    lost_s: float
    looked_s: float
    hips_px: tuple[float, float]
    size_px: float
    place: Region
    min_score: float

    @classmethod
    def of(cls, body: FollowedBody) -> LostBody:
        """A body that was followed up to the frame before."""
        last = body.seen[-1]
        size_px = median(one.size_px for one in body.seen)
        x, y = last.hips_px
        place = Region(x, y + size_px * _LOOK_BELOW, size_px * _LOOK_BODY_SIZES)
        return cls(last.at_s, last.at_s, _NEVER, last.hips_px, size_px, place, LOST_SCORE)

    @classmethod
    def glimpsed(cls, glimpse: Glimpse, now: float) -> LostBody:
        """Somebody whom only the second eye has seen so far: it must stay as sure of them."""
        region = glimpse.region
        size_px = region.side_px / _SIDE_BODY_SIZES
        place = Region(region.x_px, region.y_px, size_px * _LOOK_BODY_SIZES)
        return cls(now, now, now, (region.x_px, region.y_px), size_px, place, NEWCOMER_SCORE)

    def is_awaited(self, now: float, bodies: list[Body]) -> bool:
        """Whether to go on looking: not once somebody is seen there, nor for ever."""
        return now - self.since_s <= _PACES[-1][0] and not any(
            self._is_near(body.region.x_px, body.region.y_px) for body in bodies
        )

    def is_due(self, now: float) -> bool:
        """Whether to look for it in this frame."""
        unseen_s, since_s = now - self.lost_s, now - self.since_s
        pace_s = max(_pace(_PACES, unseen_s), _pace(_SEEN_PACES, since_s))
        return now - self.looked_s >= pace_s - 1e-6

    def may_be(self, glimpse: Glimpse) -> bool:
        """Whether the second eye may be seeing this body."""
        region = glimpse.region
        ratio = region.side_px / _SIDE_BODY_SIZES / max(self.size_px, 1.0)
        return self._is_near(region.x_px, region.y_px) and _SMALLEST < ratio < _LARGEST

    def seen_again(self, glimpse: Glimpse, now: float) -> None:
        """Look for it where the second eye has just seen it."""
        x, y = glimpse.region.x_px, glimpse.region.y_px
        self.lost_s = now
        self.hips_px = (x, y)
        self.place = Region(x, y, self.place.side_px)

    def _is_near(self, x_px: float, y_px: float) -> bool:
        x, y = self.hips_px
        return math.hypot(x_px - x, y_px - y) <= _SAME_PLACE * self.size_px


def _pace(paces: tuple[tuple[float, float], ...], seconds: float) -> float:
    """The time between looks after so many seconds."""
    return next((pace for until, pace in paces if seconds <= until), paces[-1][1])
