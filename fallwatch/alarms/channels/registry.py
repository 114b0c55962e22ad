"""All alarm channels by name. A new channel is one file beside this one and one line below."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from fallwatch.alarms.channels.sound import SoundChannel
from fallwatch.core.protocols import AlarmChannel
from fallwatch.settings import Settings

#: Builds a channel from the user's settings, without opening anything yet.
ChannelFactory = Callable[[Settings], AlarmChannel]


@dataclass(frozen=True, slots=True)
class _Entry:
    factory: ChannelFactory
    enabled: Callable[[Settings], bool]


_entries: dict[str, _Entry] = {}


def register(name: str, factory: ChannelFactory, enabled: Callable[[Settings], bool]) -> None:
    """Make a channel known.

    Args:
        name: The same as the channel's own ``name``.
        factory: Builds it.
        enabled: Whether the user wants it.

    Raises:
        ValueError: The name is taken.
    """
    if name in _entries:
        raise ValueError(f"there is already an alarm channel named {name!r}")
    _entries[name] = _Entry(factory, enabled)


def channel_names() -> list[str]:
    """Names of all channels, sorted."""
    return sorted(_entries)


def create_channel(name: str, settings: Settings) -> AlarmChannel:
    """Build a channel, whether the user wants it or not.

    Raises:
        KeyError: There is no such channel.
    """
    if name not in _entries:
        raise KeyError(f"no alarm channel named {name!r}; there are {', '.join(channel_names())}")
    return _entries[name].factory(settings)


def enabled_channels(settings: Settings) -> list[AlarmChannel]:
    """Build all channels the user wants."""
    return [
        create_channel(name, settings)
        for name in channel_names()
        if _entries[name].enabled(settings)
    ]


register(
    "sound", lambda settings: SoundChannel(), enabled=lambda settings: settings.alarm.sound_enabled
)
