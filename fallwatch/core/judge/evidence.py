"""Evidence for a fall: from the motion of the last seconds to numbers between 0 and 1.

The ramps and weights below were set by hand on development recordings (thirty acted falls of
UR Fall and a hundred everyday clips), looking for limits that lie in the gap between falls and
everyday life, not at the edge of either. They are few and have a meaning each, so that a change
can be argued about.
"""

from __future__ import annotations

from dataclasses import dataclass

from fallwatch.core.judge.motion import Motion

#: Share of the classifier in the posture evidence.
CLASSIFIER_WEIGHT = 0.30

#: What a body much wider than high, with a flat torso, says by itself.
SPRAWL_CERTAINTY = 0.9

#: The classifier learns from images of which every third shows somebody fallen, and is calibrated
#: on such. In a room people lie on the floor far more seldom: there its odds are a third.
RARER_IN_LIFE = 3.0

#: The descent counts for this long after it was seen: people settle for a moment.
_DESCENT_HOLD_S = 1.5


def ramp(value: float, zero_at: float, one_at: float) -> float:
    """0 at ``zero_at``, 1 at ``one_at``, a straight line between; either may be the larger.

    >>> ramp(0.5, 0.0, 1.0), ramp(0.5, 1.0, 0.0), ramp(7, 0, 1)
    (0.5, 0.5, 1.0)
    """
    return min(max((value - zero_at) / (one_at - zero_at), 0.0), 1.0)


@dataclass(frozen=True, slots=True)
class Descent:
    """How much the last `DESCENT_S` look like a fall down.

    Attributes:
        value: 0 to 1.
        head_drop: In body sizes.
        head_speed: In body sizes per second.
    """

    value: float
    head_drop: float
    head_speed: float


@dataclass(frozen=True, slots=True)
class RecentDescents:
    """The descents that still count, by the time they were seen.

    Attributes:
        seen: Time stamp and descent, oldest first.
    """

    seen: tuple[tuple[float, Descent], ...] = ()

    def add(self, now: float, descent: Descent) -> RecentDescents:
        """These and a newer one, without those seen too long ago to count."""
        seen = (*self.seen, (now, descent))
        return RecentDescents(tuple(item for item in seen if now - item[0] <= _DESCENT_HOLD_S))

    @property
    def strongest(self) -> tuple[float, Descent]:
        """Time stamp and descent of the strongest, the first of several. There must be one."""
        return max(self.seen, key=lambda item: item[1].value)

    @property
    def top_speed(self) -> float:
        """The fastest of the head, body sizes a second. There must be one."""
        return max(descent.head_speed for _, descent in self.seen)


def descent_evidence(motion: Motion) -> Descent:
    """Sitting down lowers the head by about 0.4 body sizes at 0.6 per second; a fall by 0.5-1.4."""
    value = (
        0.50 * ramp(motion.head_drop, 0.35, 0.70)
        + 0.25 * ramp(motion.head_speed, 0.5, 1.2)
        + 0.25 * ramp(motion.hip_drop, 0.15, 0.40)
    )
    return Descent(value, motion.head_drop, motion.head_speed)


def lying_evidence(motion: Motion, p_fall: float | None) -> float:
    """How much the posture is that of somebody lying on the floor, 0 to 1.

    Bending has a flat torso but high hips; crouching low hips but a narrow box and an upright
    torso; sitting neither is low nor flat. The classifier sees what landmarks do not.
    """
    flat = 0.5 * ramp(motion.torso_angle_deg, 35.0, 75.0) + 0.5 * ramp(motion.aspect, 0.8, 1.4)
    shape = (
        0.35 * ramp(motion.head_height, 0.65, 0.25)
        + 0.25 * ramp(motion.hip_height, 0.40, 0.15)
        + 0.40 * flat
    )
    sprawl = ramp(motion.aspect, 1.3, 1.8) * ramp(motion.torso_angle_deg, 45.0, 70.0)
    if p_fall is not None:
        shape = (1.0 - CLASSIFIER_WEIGHT) * shape + CLASSIFIER_WEIGHT * ramp(p_fall, 0.2, 0.8)
        # A body stretched out says enough by itself: the classifier need only not speak against it.
        sprawl *= ramp(p_fall, 0.1, 0.5)
    # With the hips still high nobody lies, whatever else speaks for it: they bend. But nobody who
    # bends is much wider than high.
    hips_down = ramp(motion.hip_height, 0.37, 0.23)
    stretched = ramp(motion.aspect, 1.3, 1.8)
    lying = shape * (0.5 + 0.5 * max(hips_down, stretched))
    # Stretched out flat is lying, at whatever height: on a bed that nobody has marked as one too.
    return max(lying, SPRAWL_CERTAINTY * sprawl) * (1.0 - _on_their_feet(motion))


def _on_their_feet(motion: Motion) -> float:
    """How much somebody carries their weight on their feet, 0 to 1: crouching is not lying.

    Whoever squats down to pick something up has a low head, low hips and, bent over, a flat torso,
    and the classifier takes many for fallen; but the shins stand upright under hips held high.
    """
    upright_shins = ramp(motion.shin_angle_deg, 40.0, 25.0)
    return upright_shins * ramp(motion.hips_over_ankles, 0.22, 0.28)


def fall_score(strongest: Descent, lying: float) -> float:
    """Evidence for a fall, 0 to 1: the way down and what came of it count the same.

    Args:
        strongest: The strongest descent that still counts.
        lying: Evidence for lying on the floor, 0 to 1.

    >>> fall_score(Descent(0.75, head_drop=0.7, head_speed=1.1), lying=0.25)
    0.5
    """
    return 0.5 * strongest.value + 0.5 * lying


def in_daily_life(p_fall: float) -> float:
    """A classifier's P(Fall) for a room in which falls are rare, by Bayes' rule for odds.

    >>> in_daily_life(0.0), in_daily_life(0.75), in_daily_life(1.0)
    (0.0, 0.5, 1.0)
    """
    return p_fall / (p_fall + RARER_IN_LIFE * (1.0 - p_fall))
