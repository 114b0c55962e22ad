from __future__ import annotations

from pathlib import Path

import pytest

from fallwatch.alarms.channels.sound import SoundChannel
from fallwatch.core.protocols import ChannelError
from tests.alarms.builders import make_alarm
from tests.alarms.fake_audio import FakePlayer
from tests.waiting import FakeClock

FALL = make_alarm("fall")
CAMERA = make_alarm("camera", kind="camera_lost")
DISK = make_alarm("disk", kind="disk_low")


@pytest.fixture
def clock() -> FakeClock:
    return FakeClock()


@pytest.fixture
def player() -> FakePlayer:
    return FakePlayer("first", "second")


@pytest.fixture
def channel(player: FakePlayer, clock: FakeClock) -> SoundChannel:
    return SoundChannel(player=player, monotonic=clock, sleep=clock.advance)


@pytest.mark.parametrize(
    ("alarm", "file"),
    [(FALL, "alarm_high.wav"), (CAMERA, "alarm_medium.wav"), (DISK, "alarm_low.wav")],
    ids=["high", "medium", "low"],
)
def test_the_sound_is_that_of_the_priority(
    channel: SoundChannel, player: FakePlayer, alarm: object, file: str
) -> None:
    channel.deliver(alarm)  # type: ignore[arg-type]
    assert [sound.path.name for sound in player.sounds] == [file]
    assert player.sounds[0].is_alive()


def test_a_repetition_sounds_again(
    channel: SoundChannel, player: FakePlayer, clock: FakeClock
) -> None:
    channel.deliver(FALL)
    clock.advance(4.7)
    channel.deliver(FALL)
    assert len(player.sounds) == 2
    assert player.sounds[0].stopped


def test_alarms_told_together_make_one_burst_of_the_most_urgent(
    channel: SoundChannel, player: FakePlayer
) -> None:
    for alarm in (FALL, make_alarm("second fall"), CAMERA):
        channel.deliver(alarm)
    assert [sound.path.name for sound in player.sounds] == ["alarm_high.wav"]


def test_a_more_urgent_alarm_takes_over(channel: SoundChannel, player: FakePlayer) -> None:
    channel.deliver(CAMERA)
    channel.deliver(FALL)
    assert player.sounds[0].stopped
    assert player.sounds[1].path.name == "alarm_high.wav"


def test_an_alarm_right_after_an_acknowledgement_sounds(
    channel: SoundChannel, player: FakePlayer
) -> None:
    channel.deliver(FALL)
    channel.stop()
    assert player.sounds[0].stopped
    channel.deliver(make_alarm("next"))
    assert len(player.sounds) == 2


def test_a_player_that_gives_up_at_once_is_replaced_and_not_tried_first_again(
    channel: SoundChannel, player: FakePlayer, clock: FakeClock
) -> None:
    player.broken.add("first")
    channel.deliver(FALL)
    clock.advance(5)
    channel.deliver(FALL)
    assert [sound.backend for sound in player.sounds] == ["first", "second", "second"]


def test_a_player_that_does_not_start_is_replaced(
    channel: SoundChannel, player: FakePlayer
) -> None:
    player.missing.add("first")
    channel.deliver(FALL)
    assert [sound.backend for sound in player.sounds] == ["second"]


def test_when_no_player_can_be_heard_the_error_says_what_to_do(
    channel: SoundChannel, player: FakePlayer
) -> None:
    player.broken.add("first")
    player.missing.add("second")
    with pytest.raises(ChannelError, match=r"first gave up.*second did not start.*loudspeaker"):
        channel.deliver(FALL)
    player.broken.clear()
    channel.deliver(FALL)
    assert player.sounds[-1].is_alive()


def test_a_missing_sound_file_is_named(tmp_path: Path, player: FakePlayer) -> None:
    with pytest.raises(ChannelError, match=r"alarm_high\.wav is missing"):
        SoundChannel(tmp_path, player).deliver(FALL)
