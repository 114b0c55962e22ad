"""The phases of one person, from nothing suspected to a fall decided.

A phase is what the judge holds over time; a `fallwatch.core.types.Posture` is what the body does
in the latest frame. The rules that lead from one phase to another stand in `rules`.
"""

from __future__ import annotations

from enum import Enum


class Phase(str, Enum):
    """The judge's opinion of one person.

    ::

        undecided                                          decided

        SUSPECTED --- clear, settled or lost ------------> FALLEN -- long_lie_after_s --> LONG_LIE
           ^  |
           |  v
        WATCHED or LYING --- lying for on_floor_after_s --> ON_FLOOR

        to SUSPECTED    the score is over the threshold, the head came down far, or the person is
                        lost while falling
        from SUSPECTED  is upright, or four seconds pass without a further reason
        to LYING        lies on the floor, and no fall was seen
        from LYING      is upright, or has not been seen lying for a while
        from a decided  is upright for recover_s, or out of sight for so long that somebody must
                        have helped them up unseen

    A decided phase is held until it ends. Of the undecided ones it is the first that holds, in the
    order SUSPECTED, LYING, WATCHED: whoever is suspected may lie as well, and that time counts.

    Attributes:
        WATCHED: Nothing speaks for a fall.
        SUSPECTED: Much speaks for a fall, but it could also be kneeling, sitting or lying down on
            purpose: watched until that is clear.
        LYING: Lying on the floor, and no fall was seen; reported only if it lasts.
        FALLEN: A fall was decided and reported.
        LONG_LIE: Still down long after it, which was reported too.
        ON_FLOOR: Lying on the floor was reported; no fall was seen.
    """

    WATCHED = "watched"
    SUSPECTED = "suspected"
    LYING = "lying"
    FALLEN = "fallen"
    LONG_LIE = "long lie"
    ON_FLOOR = "on floor"

    @property
    def needs_help(self) -> bool:
        """Whether the person was reported as fallen or on the floor, and has not stood up since."""
        return self in (Phase.FALLEN, Phase.LONG_LIE, Phase.ON_FLOOR)
