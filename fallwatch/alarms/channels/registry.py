"""All alarm channels by name. A new channel is one file beside this one and one line below."""

from __future__ import annotations

from collections.abc import Callable

from fallwatch.alarms.channels.sound import SoundChannel
from fallwatch.core.protocols import AlarmChannel
from fallwatch.settings import Settings

#: Builds a channel from the user's settings, without opening anything yet.
ChannelFactory = Callable[[Settings], AlarmChannel]

_factories: dict[str, ChannelFactory] = {}


def register(name: str, factory: ChannelFactory) -> None:
    """Make a channel known.

    Raises:
        ValueError: The name is taken.
    """
    if name in _factories:
        raise ValueError(f"there is already an alarm channel named {name!r}")
    _factories[name] = factory


def channel_names() -> list[str]:
    """Names of all channels, sorted."""
    return sorted(_factories)


def create_channel(name: str, settings: Settings) -> AlarmChannel:
    """Build a channel.

    Raises:
        KeyError: There is no such channel.
    """
    if name not in _factories:
        raise KeyError(f"no alarm channel named {name!r}; there are {', '.join(channel_names())}")
    return _factories[name](settings)


register("sound", lambda settings: SoundChannel())
