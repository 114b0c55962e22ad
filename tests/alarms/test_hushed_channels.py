"""Which channels silence and quiet hours are for."""

from __future__ import annotations

from fallwatch.alarms.hush import Hush, HushedChannel
from fallwatch.alarms.hushed_channels import hushed_channels
from fallwatch.settings import AlarmSettings, Settings


def test_the_sound_can_be_hushed_and_other_channels_cannot() -> None:
    channels = hushed_channels(Settings, Hush())
    assert [each.name for each in channels if isinstance(each, HushedChannel)] == ["sound"]
    for channel in channels:
        channel.close()


def test_a_sound_that_is_not_wanted_is_not_built() -> None:
    settings = Settings(alarm=AlarmSettings(sound_enabled=False))
    assert "sound" not in [each.name for each in hushed_channels(lambda: settings, Hush())]
