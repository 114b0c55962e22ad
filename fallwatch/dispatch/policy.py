"""Escalation policy from the settings: when alarms repeat, and whom they reach later."""

from __future__ import annotations

from fallwatch.alarms.escalation import EscalationPolicy
from fallwatch.settings import Settings


def escalation_policy(settings: Settings) -> EscalationPolicy:
    """When alarms repeat and widen, as the settings ask for."""
    return EscalationPolicy(
        repeat_every_s=settings.alarm.repeat_every_s,
        escalate_after_s=settings.alarm.escalate_after_s,
        remind_after_s=60.0 * settings.alarm.remind_after_minutes,
        second_step=frozenset(each.name for each in settings.messages if each.step == 2),
    )
