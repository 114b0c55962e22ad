"""Escalation policy from the settings: when alarms repeat, and the calling chain."""

from __future__ import annotations

from fallwatch.alarms.escalation import EscalationPolicy
from fallwatch.settings import Settings


def escalation_policy(settings: Settings) -> EscalationPolicy:
    """When alarms repeat, and who is told when, as the settings ask for."""
    return EscalationPolicy(
        repeat_every_s=settings.alarm.repeat_every_s,
        remind_after_s=60.0 * settings.alarm.remind_after_minutes,
        waits_s=calling_chain(settings),
    )


def calling_chain(settings: Settings) -> dict[str, float]:
    """Recipients who are told only of alarms that nobody acknowledges, and after how many seconds.

    Whoever is not in it is told at once.
    """
    return {
        each.name: each.after_s or settings.alarm.escalate_after_s
        for each in settings.messages
        if each.after_s or each.step == 2
    }
