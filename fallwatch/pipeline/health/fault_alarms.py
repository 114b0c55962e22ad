"""Fault alarms of one camera: when a fault becomes an alarm. Pure: the time is given."""

from __future__ import annotations

from collections.abc import Container, Iterable
from dataclasses import dataclass
from enum import Enum

from fallwatch.core.message import NO_MESSAGE, Message
from fallwatch.pipeline.health.faults import (
    ANALYSIS_FAILED,
    ANALYSIS_SLOW,
    CAMERA_LOST,
    KINDS,
)
from fallwatch.pipeline.health.status import Fault, MonitorState, MonitorStatus

#: Nothing may be analysed for this long before it is told. Network cameras often recover within
#: it; with the two seconds until the state says so, and its looks, the alarm comes within ten.
LOST_AFTER_S = 5.0

#: Kinds that mean that nothing is analysed. Others have been waited for already.
_BLIND_KINDS = frozenset((CAMERA_LOST, ANALYSIS_SLOW, ANALYSIS_FAILED))

_BLIND_STATES = (MonitorState.STALLED, MonitorState.FAULTED)


class FaultAction(str, Enum):
    """What to do about a technical alarm."""

    RAISE = "raise"
    CLEAR = "clear"


@dataclass(frozen=True, slots=True)
class FaultAlarm:
    """One technical alarm that begins or ends.

    Attributes:
        action: Which of the two.
        kind: See `fallwatch.pipeline.health.faults`.
        message: What happened and what to do; empty for one that ends.
    """

    action: FaultAction
    kind: str
    message: Message = NO_MESSAGE


class FaultAlarms:
    """Follows one live camera. Feed it every status, at least once a second.

    Starting does not end the wait: a camera that is lost, tried again and lost again has been
    without frames all the time. Only frames that are analysed clear an alarm. The first of
    them also clears what a run that was killed has left open.
    """

    def __init__(self, lost_after_s: float = LOST_AFTER_S) -> None:
        self._lost_after_s = lost_after_s
        self._since_s: dict[str, float] = {}
        self._told: set[str] = set()
        self._of_earlier_run = set(KINDS)

    def update(self, status: MonitorStatus, now_s: float) -> list[FaultAlarm]:
        """Take the newest status in.

        Args:
            status: Of the camera.
            now_s: A clock that never runs backwards, in seconds.

        Returns:
            What to do now, mostly nothing.
        """
        faults = {trouble.kind: trouble for trouble in _troubles_of(status)}
        news: list[FaultAlarm] = []
        if _is_seeing(status, faults):
            self._since_s = {k: since for k, since in self._since_s.items() if k in faults}
            news += self._clear([kind for kind in KINDS if kind not in faults])
        for kind, trouble in faults.items():
            since_s = self._since_s.setdefault(kind, now_s)
            wait_s = self._lost_after_s if kind in _BLIND_KINDS else 0.0
            if kind not in self._told and now_s - since_s >= wait_s:
                self._told.add(kind)
                news.append(FaultAlarm(FaultAction.RAISE, kind, trouble.message))
        return news

    def stopped(self) -> list[FaultAlarm]:
        """Somebody stopped watching: the camera is no longer expected to send images."""
        self._since_s.clear()
        return self._clear(tuple(self._told))

    def _clear(self, kinds: Iterable[str]) -> list[FaultAlarm]:
        over = [kind for kind in kinds if kind in self._told | self._of_earlier_run]
        self._told.difference_update(over)
        self._of_earlier_run.difference_update(over)
        return [FaultAlarm(FaultAction.CLEAR, kind) for kind in over]


def _troubles_of(status: MonitorStatus) -> tuple[Fault, ...]:
    """What is wrong. A state in which nothing is seen is a lost camera if nothing else is said."""
    if status.faults or status.state not in _BLIND_STATES:
        return status.faults
    return (Fault(CAMERA_LOST, status.message),)


def _is_seeing(status: MonitorStatus, faults: Container[str]) -> bool:
    """Whether frames are analysed, be they good or bad."""
    if status.state is MonitorState.STALLED:
        return not any(kind in faults for kind in _BLIND_KINDS)
    return status.state is MonitorState.RUNNING
