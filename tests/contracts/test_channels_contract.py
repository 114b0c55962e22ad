"""What every alarm channel must do, whichever it is. A new channel is picked up by its name.

The outside world is replaced here: a new channel that needs more of it (a server, a keyring) adds
its fake to `world`.
"""

from __future__ import annotations

import threading

import pytest

from fallwatch.alarms.channels import audio_player
from fallwatch.alarms.channels.registry import channel_names, create_channel
from fallwatch.core.protocols import AlarmChannel, ChannelError
from fallwatch.settings import Settings
from tests.alarms.builders import make_alarm
from tests.alarms.fake_audio import FakePlayer
from tests.waiting import within

ALARMS = [
    make_alarm("fall"),
    make_alarm("clip", from_clip=True, clip_time_s=3.5),
    make_alarm("camera", kind="camera_lost", camera="living room"),
    make_alarm("disk", kind="disk_low", evidence=()),
    make_alarm("odd", camera="Küche <b>&'\"\n", evidence=("é" * 2000,)),
]


class World:
    """What lies outside the program."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self._player = FakePlayer()
        monkeypatch.setattr(
            audio_player.SystemPlayer, "backends", lambda _: self._player.backends()
        )
        monkeypatch.setattr(
            audio_player.SystemPlayer, "play", lambda _, *arguments: self._player.play(*arguments)
        )

    def break_down(self) -> None:
        """Nothing outside works any more."""
        self._player.names = []

    @property
    def sounds(self) -> int:
        """How many sounds are to be heard."""
        return sum(sound.is_alive() for sound in self._player.sounds)


@pytest.fixture
def world(monkeypatch: pytest.MonkeyPatch) -> World:
    return World(monkeypatch)


@pytest.fixture(params=channel_names())
def channel(request: pytest.FixtureRequest, world: World) -> AlarmChannel:
    return create_channel(request.param, Settings())


@pytest.mark.parametrize("name", channel_names())
def test_the_channel_has_the_name_it_is_registered_under(name: str) -> None:
    assert create_channel(name, Settings()).name == name


@pytest.mark.parametrize("alarm", ALARMS, ids=lambda alarm: alarm.event_id)
def test_every_kind_of_alarm_is_delivered(
    channel: AlarmChannel, world: World, alarm: object
) -> None:
    channel.deliver(alarm)  # type: ignore[arg-type]
    assert world.sounds == 1
    channel.close()


def test_an_alarm_can_be_repeated(channel: AlarmChannel, world: World) -> None:
    for _ in range(3):
        channel.deliver(ALARMS[0])
        assert world.sounds == 1
    channel.close()


def test_nothing_sounds_after_quiet(channel: AlarmChannel, world: World) -> None:
    channel.deliver(ALARMS[0])
    channel.stop()
    assert world.sounds == 0
    channel.close()


def test_quiet_without_an_alarm_and_twice_is_harmless(channel: AlarmChannel, world: World) -> None:
    channel.stop()
    channel.stop()
    channel.deliver(ALARMS[0])
    assert world.sounds == 1
    channel.close()


def test_close_silences_and_may_be_called_twice_and_first(
    channel: AlarmChannel, world: World
) -> None:
    channel.close()
    channel.deliver(ALARMS[0])
    channel.close()
    channel.close()
    assert world.sounds == 0


def test_a_failure_is_a_channel_error_that_says_what_to_do(
    channel: AlarmChannel, world: World
) -> None:
    world.break_down()
    with pytest.raises(ChannelError) as caught:
        channel.deliver(ALARMS[0])
    assert str(caught.value).count(".") >= 2, "a sentence for what happened, one for what to do"
    channel.close()


def test_delivering_and_quiet_take_little_time_and_leave_no_thread(channel: AlarmChannel) -> None:
    threads = set(threading.enumerate())
    with within(2.0):
        channel.deliver(ALARMS[0])
        channel.stop()
        channel.close()
    assert set(threading.enumerate()) <= threads
