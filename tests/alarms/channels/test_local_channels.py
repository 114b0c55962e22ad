"""Which channels silence and quiet hours are for."""

from __future__ import annotations

from fallwatch.alarms.channels.local_channels import local_channels
from fallwatch.alarms.channels.snooze import Snooze, SnoozedChannel
from fallwatch.settings import AlarmSettings, Settings


def test_the_sound_can_be_hushed_and_other_channels_cannot() -> None:
    channels = local_channels(Settings, Snooze())
    assert [each.name for each in channels if isinstance(each, SnoozedChannel)] == ["sound"]
    for channel in channels:
        channel.close()


def test_a_sound_that_is_not_wanted_is_not_built() -> None:
    settings = Settings(alarm=AlarmSettings(sound_enabled=False))
    assert "sound" not in [each.name for each in local_channels(lambda: settings, Snooze())]
