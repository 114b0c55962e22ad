"""Escalation of an unacknowledged alarm: its repetition, and who is notified when. Pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from fallwatch.alarms.priority import rank
from fallwatch.core.types import Priority

# Less urgent alarms repeat at this multiple of the period of the high ones. IEC 60601-1-8 lets
# bursts of high priority come every few seconds, medium ones rarer, low ones at least 15 s apart.
_PERIOD_FACTOR = {Priority.HIGH: 1, Priority.MEDIUM: 3, Priority.LOW: 6}


@dataclass(frozen=True, slots=True)
class Waiting:
    """An alarm that waits for an answer. All times are on one clock of the caller's choice.

    Attributes:
        event_id: Which alarm.
        priority: How urgent it is.
        since_s: Since when nobody has acknowledged it; the calling chain counts from here.
        last_told_s: When it was last handed to the channels; None if not yet.
    """

    event_id: str
    priority: Priority
    since_s: float
    last_told_s: float | None = None


@dataclass(frozen=True, slots=True)
class Due:
    """An alarm to be told now.

    Attributes:
        event_id: Which alarm.
        waited_s: For how many seconds nobody has acknowledged it.
    """

    event_id: str
    waited_s: float


@dataclass(frozen=True, slots=True)
class EscalationPolicy:
    """Repeat, and go on along the calling chain, until somebody acknowledges.

    Attributes:
        repeat_every_s: Period of high-priority alarms; medium ones take three times as long,
            low ones six times.
        waits_s: The calling chain: channels that are told only once an alarm has been
            unacknowledged for so many seconds, to within one repetition. All others are told from
            the start.
        remind_after_s: A fault that lasts is raised again this long after its acknowledgement.
    """

    repeat_every_s: float = 5.0
    waits_s: Mapping[str, float] = field(default_factory=dict)
    remind_after_s: float = 900.0

    def __post_init__(self) -> None:
        if not min(self.repeat_every_s, self.remind_after_s) > 0:
            raise ValueError(f"all times must be above 0, got {self}")

    def tells(self, channel: str, waited_s: float) -> bool:
        """Whether a channel is told about an alarm that has waited for so many seconds."""
        # Turned round, so that a wait that is no number keeps nobody from being told.
        return not waited_s < self.waits_s.get(channel, 0.0)

    def due(self, waiting: Sequence[Waiting], now_s: float) -> list[Due]:
        """What is to be told now, most urgent first; empty if nothing is.

        As soon as one alarm is due, those at least half-way to their own repetition are told
        with it, so that several alarms come to sound together and not in a jumble.
        """
        if not any(self._elapsed_periods(each, now_s) >= 1.0 for each in waiting):
            return []
        ready = [each for each in waiting if self._elapsed_periods(each, now_s) >= 0.5]
        ready.sort(key=lambda each: (rank(each.priority), each.since_s))
        return [Due(each.event_id, now_s - each.since_s) for each in ready]

    def _elapsed_periods(self, waiting: Waiting, now_s: float) -> float:
        if waiting.last_told_s is None:
            return float("inf")
        period_s = self.repeat_every_s * _PERIOD_FACTOR[waiting.priority]
        return (now_s - waiting.last_told_s) / period_s
