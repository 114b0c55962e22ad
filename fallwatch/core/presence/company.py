"""Company in a room: by how many people are seen, whether a visiting carer is still there.

Bodies are missed for moments, and seen where there are none: one who bends over a bed hides who
lies in it, and a coat can be a body for a frame. So nothing is concluded from a frame; what counts
is for how much of the last seconds something was so.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable
from dataclasses import dataclass

from fallwatch.core.message import Message
from fallwatch.core.types import Person, Posture

#: Over so many seconds it is looked whether two are together.
WINDOW_S = 30.0
#: They are, if two were seen for so much of it. Less is a body seen where there is none.
TOGETHER_S = 3.0
#: Nobody in view for this long: who visited has left, or never came.
NOBODY_S = 120.0
#: Somebody who fell lies alone for this long: nobody is there to help.
LIES_ALONE_S = 15.0
#: Whoever is seen beside them: a carer has got somebody up by then, or is glad of a call.
LIES_S = 90.0
#: For so long a second one is waited for: the way to the room, or somebody under a blanket.
ALONE_S = 300.0

LEFT = Message("Whoever came has left the view.")
NOBODY = Message("Nobody was in view for {0} minutes.", (round(NOBODY_S / 60),))
ALONE = Message("No second person was seen for {0} minutes.", (round(ALONE_S / 60),))
LIES = Message("Somebody has been lying on the floor for {0} seconds.", (round(LIES_S),))
LIES_ALONE = Message("Somebody lies on the floor, and nobody else is in view.")

# What came before a longer gap between frames is not known to have lasted through it.
_LONGEST_STEP_S = 2.0
# Of a whole span of time, but for moments.
_NEARLY = 0.9
# Of a span of time in which somebody lies: bodies are seen beside them where there are none.
_MOSTLY = 0.7


@dataclass(frozen=True, slots=True)
class Seen:
    """Who is seen in one frame.

    Attributes:
        people: How many bodies are in view.
        lies: Whether somebody lies who fell, in view or not.
        lies_alone: Whether no other body is in view, besides.
    """

    people: int
    lies: bool = False
    lies_alone: bool = False


def seen_in(people: Iterable[Person]) -> Seen:
    """Who is seen. Somebody known to lie who is out of view lies there all the same."""
    people = tuple(people)
    fallen = any(each.posture is Posture.FALLEN for each in people)
    in_view = [each for each in people if each.pose is not None]
    others = any(each.posture is not Posture.FALLEN for each in in_view)
    return Seen(len(in_view), fallen, fallen and not others)


class Company:
    """Follows one visit through the frames of its room. It keeps no clock."""

    def __init__(self) -> None:
        self._together = _Share(WINDOW_S)
        self._lies, self._lies_alone = _Share(LIES_S), _Share(LIES_ALONE_S)
        self._nobody = _Share(NOBODY_S)
        self._last_s: float | None = None
        self._watched_s = 0.0
        self._was_together = False

    @property
    def was_together(self) -> bool:
        """Whether two were seen together: the carer has come."""
        return self._was_together

    def see(self, at_s: float, seen: Seen) -> Message | None:
        """Take in a frame.

        Args:
            at_s: Its time stamp. Where it is earlier than the last, as after a camera has come
                back, no time has passed.
            seen: Who is in it.

        Returns:
            Why the visit is over; None while it goes on.
        """
        step_s = 0.0 if self._last_s is None else at_s - self._last_s
        step_s = min(max(step_s, 0.0), _LONGEST_STEP_S)
        self._last_s = at_s
        self._watched_s += step_s
        self._together.add(step_s, seen.people >= 2)
        self._lies.add(step_s, seen.lies)
        self._lies_alone.add(step_s, seen.lies_alone)
        self._nobody.add(step_s, seen.people == 0)
        together = self._together.true_s >= TOGETHER_S
        self._was_together = self._was_together or together
        if self._lies_alone.is_mostly:
            return LIES_ALONE
        if self._lies.is_mostly:
            return LIES
        if self._was_together and not together and self._together.is_full:
            return LEFT
        if self._nobody.is_nearly_always:
            return NOBODY
        if not self._was_together and self._watched_s >= ALONE_S:
            return ALONE
        return None


class _Share:
    """For how much of the last seconds that were watched something was so."""

    def __init__(self, length_s: float) -> None:
        self._length_s = length_s
        self._steps: deque[tuple[float, bool]] = deque()
        self._total_s = 0.0
        self.true_s = 0.0

    @property
    def is_full(self) -> bool:
        return self._total_s >= self._length_s - 1e-6

    @property
    def is_nearly_always(self) -> bool:
        return self.is_full and self.true_s >= _NEARLY * self._total_s

    @property
    def is_mostly(self) -> bool:
        return self.is_full and self.true_s >= _MOSTLY * self._total_s

    def add(self, step_s: float, is_so: bool) -> None:
        self._steps.append((step_s, is_so))
        self._total_s += step_s
        self.true_s += step_s * is_so
        while self._steps and self._total_s - self._steps[0][0] >= self._length_s:
            first_s, was_so = self._steps.popleft()
            self._total_s -= first_s
            self.true_s -= first_s * was_so
