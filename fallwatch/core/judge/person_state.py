"""The facts the judge keeps of one person from frame to frame: what the rules read.

All values are frozen: a rule cannot change what it is asked about.
"""

from __future__ import annotations

from dataclasses import dataclass, field

from fallwatch.core.judge.evidence import Descent, RecentDescents
from fallwatch.core.judge.motion import Motion
from fallwatch.core.judge.phase import Phase


@dataclass(frozen=True, slots=True)
class Sighting:
    """The person as the latest frame that showed them had it.

    Attributes:
        at_s: Time stamp of that frame.
        motion: The last seconds up to it.
        p_fall: The classifier's probability, in daily life and smoothed; None if never asked.
        lying: Evidence for lying on the floor, 0 to 1; 0 in bed.
        in_bed: Whether the hips are in a bed zone.
        in_focus: Whether the image was sharp.
    """

    at_s: float
    motion: Motion
    p_fall: float | None
    lying: float
    in_bed: bool
    in_focus: bool


@dataclass(frozen=True, slots=True)
class Loss:
    """Somebody lost from view while falling, perhaps.

    Attributes:
        lost_at_s: Time stamp of the last sighting.
        peak_s: When the descent that speaks for a fall was seen.
        descent: That descent.
    """

    lost_at_s: float
    peak_s: float
    descent: Descent


@dataclass(frozen=True, slots=True)
class Suspicion:
    """Somebody may be falling, or have fallen: they are watched until it is clear.

    Attributes:
        since_s: When it began.
        renewed_s: When there was last a reason for it.
        peak_s: When the descent that speaks for a fall was strongest.
        descent: That descent.
        top_speed: The fastest descent of the head, body sizes a second.
        sat: Whether the person sat on the floor or was on hands and knees, before or meanwhile.
        clear_since_s: Since when it has been a clear fall, without a break.
        settled_since_s: Since when the person has been lying as after a fall, without a break.
    """

    since_s: float
    renewed_s: float
    peak_s: float
    descent: Descent
    top_speed: float
    sat: bool = False
    clear_since_s: float | None = None
    settled_since_s: float | None = None


@dataclass(frozen=True, slots=True)
class LyingSpell:
    """A time of lying on the floor, with short gaps.

    Attributes:
        since_s: When it began.
        seen_s: When lying was last seen.
    """

    since_s: float
    seen_s: float


@dataclass(frozen=True, slots=True)
class Decided:
    """A phase that is held until it ends.

    Attributes:
        phase: One of those that need help.
        since_s: When the fall, or that somebody lies on the floor, was decided.
    """

    phase: Phase
    since_s: float


@dataclass(frozen=True, slots=True)
class PersonState:
    """Everything the rules may read of one person.

    Attributes:
        sighting: The latest sighting; None before the first.
        descents: The descents that still count.
        score: Evidence for a fall in progress or just happened, 0 to 1, as shown.
        suspicion: That they may be falling or have fallen; None while nothing speaks for it.
        upright_since_s: Since when the person has been upright, without a break.
        has_stood: Whether they were ever upright for long enough to have stood.
        lying: The time of lying on the floor that goes on; None if they do not lie.
        loss: That they were lost while falling, until it is settled.
        decided: The phase that is held until it ends; None while nothing is decided.
    """

    sighting: Sighting | None = None
    descents: RecentDescents = field(default_factory=RecentDescents)
    score: float = 0.0
    suspicion: Suspicion | None = None
    upright_since_s: float | None = None
    has_stood: bool = False
    lying: LyingSpell | None = None
    loss: Loss | None = None
    decided: Decided | None = None

    @property
    def phase(self) -> Phase:
        """The phase these facts put the person in."""
        if self.decided is not None:
            return self.decided.phase
        if self.suspicion is not None or self.loss is not None:
            return Phase.SUSPECTED
        return Phase.WATCHED if self.lying is None else Phase.LYING
