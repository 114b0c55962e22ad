from __future__ import annotations

import pytest

from fallwatch.alarms.channels.registry import (
    channel_names,
    create_channel,
    enabled_channels,
    register,
)
from fallwatch.alarms.channels.sound import SoundChannel
from fallwatch.settings import AlarmSettings, Settings


def test_a_name_that_is_taken_is_refused() -> None:
    with pytest.raises(ValueError, match="already an alarm channel named 'sound'"):
        register("sound", lambda settings: SoundChannel(), enabled=lambda settings: True)
    assert channel_names().count("sound") == 1


def test_an_unknown_channel_is_refused_with_the_known_ones() -> None:
    with pytest.raises(KeyError, match="sound"):
        create_channel("smoke signals", Settings())


def test_only_what_the_user_wants_is_built() -> None:
    assert [channel.name for channel in enabled_channels(Settings())] == ["sound"]
    assert enabled_channels(Settings(alarm=AlarmSettings(sound_enabled=False))) == []
