"""Matching of alarms to annotated falls."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import Enum

from fallwatch.core.types import EventKind
from fallwatch.evaluation.score.clip_result import Event

#: An alarm this much before the annotated start still counts: annotations are not that exact.
BEFORE_S = 0.3

#: Seconds after the end of a fall within which its alarm may come, by default.
AFTER_S = 5.0

#: Alarms about somebody lying, however long after the fall: they are right whenever they come.
_LYING = (EventKind.ON_FLOOR.value, EventKind.LONG_LIE.value)


class Verdict(str, Enum):
    """Class of an alarm after matching."""

    FOUND = "found"  # true positive: the first one within the window of a fall
    REPEATED = "repeated"  # one more about a fall that was found
    LATE = "late"  # about somebody lying, after the window of a fall that was missed
    FALSE = "false"  # false positive: everything else


@dataclass(frozen=True, slots=True)
class MatchedAlarm:
    """An alarm with its verdict.

    Attributes:
        event: The alarm.
        verdict: Its class.
        fall: Position of the fall it found, in the annotation.
    """

    event: Event
    verdict: Verdict
    fall: int | None = None

    def delay_s(self, falls_s: Sequence[tuple[float, float]]) -> float:
        """Seconds from the start of the fall it found to the alarm; below 0 if it came first."""
        assert self.fall is not None
        return self.event.decided_s - falls_s[self.fall][0]


def match(
    events: Sequence[Event], falls_s: Sequence[tuple[float, float]], after_s: float = AFTER_S
) -> list[MatchedAlarm]:
    """Match all alarms of one clip, in order of time.

    An alarm finds a fall if it is decided within [start - `BEFORE_S`, end + ``after_s``]; one
    alarm finds one fall, the earliest not yet found. A further alarm in the window of a fall that
    was found is *repeated*, and so is one about somebody lying that comes after it, at any time.
    One about somebody lying after a fall that was missed is *late*: it neither finds the fall nor
    is it false. Recovery is no alarm.
    """
    order = sorted(range(len(falls_s)), key=lambda index: falls_s[index])
    found: set[int] = set()
    matched = []
    for event in sorted((e for e in events if e.is_alarm), key=lambda e: e.decided_s):
        inside = [i for i in order if _is_inside(event, falls_s[i], after_s)]
        new = next((i for i in inside if i not in found), None)
        if new is not None:
            found.add(new)
            matched.append(MatchedAlarm(event, Verdict.FOUND, new))
        elif inside:
            matched.append(MatchedAlarm(event, Verdict.REPEATED))
        else:
            matched.append(MatchedAlarm(event, _verdict_outside(event, falls_s, found)))
    return matched


def _is_inside(event: Event, fall_s: tuple[float, float], after_s: float) -> bool:
    # Times are rounded to milliseconds on their way: the border belongs to the window.
    start_s, end_s = fall_s[0] - BEFORE_S - 1e-6, fall_s[1] + after_s + 1e-6
    return start_s <= event.decided_s <= end_s


def _verdict_outside(
    event: Event, falls_s: Sequence[tuple[float, float]], found: set[int]
) -> Verdict:
    before = [i for i, fall in enumerate(falls_s) if fall[0] <= event.decided_s]
    if event.kind not in _LYING or not before:
        return Verdict.FALSE
    latest = max(before, key=lambda i: falls_s[i])
    return Verdict.REPEATED if latest in found else Verdict.LATE
