"""The sound output is looked at without an alarm, and without a sound."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from fallwatch.alarms.channels.sound import SoundChannel
from fallwatch.alarms.raising import THIS_COMPUTER
from fallwatch.core.protocols import ChannelError
from fallwatch.runtime.alarm_services import AlarmServices
from fallwatch.runtime.guards.sound_check import SoundCheck
from fallwatch.settings import Settings
from fallwatch.system.secrets.passwords import Passwords
from tests.alarms.fake_audio import FakePlayer
from tests.ui.fakes import FakeDispatcher, FakeKeyring
from tests.waiting import PATIENCE_S, wait_until

RAISED, CLEARED = (
    ("raise", THIS_COMPUTER, "sound_failed"),
    ("clear", THIS_COMPUTER, "sound_failed"),
)


@pytest.fixture
def player() -> FakePlayer:
    return FakePlayer()


@pytest.fixture
def dispatcher() -> FakeDispatcher:
    return FakeDispatcher()


@pytest.fixture
def check(player: FakePlayer, dispatcher: FakeDispatcher) -> Iterator[SoundCheck]:
    sound = SoundChannel(player=player)
    check = SoundCheck(dispatcher, sound.check, every_s=PATIENCE_S, again_s=0.01)  # type: ignore[arg-type]
    yield check
    assert check.stop(PATIENCE_S) == []
    assert player.sounds == [], "it made a sound"


def test_a_computer_without_sound_is_told_at_the_start(
    check: SoundCheck, player: FakePlayer, dispatcher: FakeDispatcher
) -> None:
    player.names = []
    check.start()
    wait_until(lambda: RAISED in dispatcher.calls)
    player.names = ["good"]
    wait_until(lambda: dispatcher.calls[-1] == CLEARED)


def test_sound_that_goes_later_is_noticed_by_the_next_look(
    check: SoundCheck, player: FakePlayer, dispatcher: FakeDispatcher
) -> None:
    check.start()
    player.names = []
    check.look_soon()
    wait_until(lambda: RAISED in dispatcher.calls)


def test_it_looks_again_and_again(dispatcher: FakeDispatcher) -> None:
    looks: list[int] = []
    enough = threading.Event()

    def look() -> None:
        looks.append(1)
        if len(looks) >= 3:
            enough.set()

    check = SoundCheck(dispatcher, look, every_s=0.01)  # type: ignore[arg-type]
    check.start()
    assert enough.wait(PATIENCE_S)
    assert check.stop(PATIENCE_S) == []
    assert dispatcher.calls == [], "an alarm about a burst must not end with a look"


def test_a_missing_sound_file_is_no_sound(tmp_path: Path) -> None:
    with pytest.raises(ChannelError, match="missing"):
        SoundChannel(tmp_path, FakePlayer()).check()


def test_the_services_look_at_the_start_and_after_a_sleep(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    player = FakePlayer()
    monkeypatch.setattr("fallwatch.alarms.channels.sound.SystemPlayer", lambda: player)
    services = AlarmServices(Settings, Passwords(FakeKeyring()), folder=tmp_path)

    def kinds() -> list[str]:
        return [alarm.kind for alarm in services.dispatcher.open_alarms]

    try:
        services.start()
        player.names = []
        services.sleep_guard._on_resume()
        wait_until(lambda: kinds() == ["sound_failed"])
    finally:
        services.stop(PATIENCE_S)
