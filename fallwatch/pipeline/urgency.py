"""Urgency of a room: how much may be lost if its next frame is judged late."""

from __future__ import annotations

from enum import IntEnum

from fallwatch.core.types import Analysis, Posture

#: From these on, the next frames decide whether there is an alarm.
_FALLING = (Posture.GOING_DOWN, Posture.SUSPECTED)


class Urgency(IntEnum):
    """What happens in a room; the greater, the more urgent."""

    EMPTY = 0  # nobody is there, and nothing moves
    CALM = 1  # people are there, and nothing moves
    MOVING = 2  # something moves
    FALLING = 3  # somebody goes down, or may have fallen


def somebody_falls(analysis: Analysis) -> bool:
    """Whether somebody goes down or may have fallen, in view or lost from it."""
    return any(person.posture in _FALLING for person in analysis.people)
