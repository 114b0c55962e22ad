"""The channels people want, with silence and quiet hours for the sound."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

from fallwatch import paths
from fallwatch.alarms.channels.quiet_hours import soft_sounds
from fallwatch.alarms.channels.registry import enabled_channels
from fallwatch.alarms.channels.snooze import QuietHoursChannel, Snooze, SnoozedChannel
from fallwatch.alarms.channels.sound import SoundChannel
from fallwatch.core.protocols import AlarmChannel
from fallwatch.settings import Settings


def local_channels(current: Callable[[], Settings], snooze: Snooze) -> list[AlarmChannel]:
    """All channels of the settings. Whoever is not in the house is told whatever is silenced here.

    Args:
        current: The settings; asked again for the quiet hours at each alarm.
        snooze: What is silenced.
    """
    return [
        SnoozedChannel(_softer_at_night(channel, current), snooze)
        if channel.name == SoundChannel.name
        else channel
        for channel in enabled_channels(current())
    ]


def _softer_at_night(sound: AlarmChannel, current: Callable[[], Settings]) -> AlarmChannel:
    return QuietHoursChannel(
        sound,
        partial(_soft_sound, current),
        lambda: current().quiet,
        lambda: current().alarm.escalate_after_s,
    )


def _soft_sound(current: Callable[[], Settings]) -> AlarmChannel:
    percent = current().quiet.volume_percent
    return SoundChannel(soft_sounds(paths.resources_dir() / "sounds", percent, paths.cache_dir()))
