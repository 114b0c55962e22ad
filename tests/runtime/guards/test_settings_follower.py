"""Settings that others write while fallwatch runs: kept, and taken over at once."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from fallwatch import paths
from fallwatch.runtime.alarm_services import AlarmServices
from fallwatch.runtime.guards.settings_follower import SettingsFile, SettingsFollower
from fallwatch.runtime.recipients import Notify
from fallwatch.settings import (
    SETTINGS_FILE,
    AlarmSettings,
    MessageSettings,
    Settings,
    load_settings,
    merge_settings,
    save_settings,
)
from fallwatch.system.secrets.passwords import Passwords
from tests.alarms.builders import make_event
from tests.alarms.receivers import HttpReceiver
from tests.runtime.test_recipients import MemoryKeyring, memory_keyring
from tests.waiting import PATIENCE_S, wait_until

__all__ = ["MemoryKeyring", "memory_keyring"]


class Running:
    """A fallwatch that runs, with settings of its own as a window has them."""

    def __init__(self) -> None:
        self.path = paths.config_dir() / SETTINGS_FILE
        self.settings = Settings(alarm=AlarmSettings(sound_enabled=False))
        save_settings(self.settings, self.path)
        self.file = SettingsFile(self.path, self.settings)
        self.services = AlarmServices(lambda: self.settings, Passwords())
        self.follower = SettingsFollower([self._look, self.services.follow])
        self.services.start()
        self.follower.start()

    def change(self, **values: object) -> None:
        """As in the window's settings."""
        before = self.settings
        self.settings = before.model_copy(update=values)
        now = self.file.save(before, self.settings)
        self.settings = merge_settings(before, self.settings, now)

    def fall(self, track_id: int) -> None:
        event = make_event(track_id=track_id)
        self.services.dispatcher.raise_event(event, started_unix_s=1.8e9, from_clip=False)

    def close(self) -> None:
        assert self.follower.stop(PATIENCE_S) == []
        self.services.stop()

    def _look(self) -> None:
        found = self.file.look()
        if found is not None:
            self.settings = merge_settings(found[0], self.settings, found[1])


@pytest.fixture
def running() -> Iterator[Running]:
    running = Running()
    yield running
    running.close()


@pytest.fixture
def web() -> Iterator[HttpReceiver]:
    receiver = HttpReceiver()
    yield receiver
    receiver.close()


def test_who_is_added_by_the_command_line_is_told_at_once_and_no_save_undoes_it(
    running: Running, web: HttpReceiver
) -> None:
    Notify().add("Anna", f"json://127.0.0.1:{web.port}/anna", step=1, pictures=False)
    running.change(sensitivity="high")
    stored = load_settings(running.path)[0]
    assert [each.name for each in stored.messages] == ["Anna"]
    assert stored.sensitivity == "high"
    wait_until(lambda: [each.name for each in running.settings.messages] == ["Anna"])
    wait_until(lambda: running.services._applied.messages)
    running.fall(1)
    wait_until(lambda: len(web.requests) == 1)
    assert web.requests[0].path == "/anna"


def test_an_alarm_that_waits_reaches_who_is_added_and_no_longer_who_is_removed(
    running: Running, web: HttpReceiver
) -> None:
    running.fall(1)
    Notify().add("Anna", f"json://127.0.0.1:{web.port}/anna", step=1, pictures=False)
    wait_until(lambda: len(web.requests) == 1)
    running.change(messages=())
    wait_until(lambda: not running.services._applied.messages)
    running.fall(2)
    Notify().add("Ben", f"json://127.0.0.1:{web.port}/ben", step=1, pictures=False)
    wait_until(lambda: [each.path for each in web.requests[1:]] == ["/ben", "/ben"])


def test_times_of_alarms_and_the_sound_follow_the_settings(running: Running) -> None:
    dispatcher = running.services.dispatcher
    running.change(
        alarm=AlarmSettings(repeat_every_s=7, escalate_after_s=33, sound_enabled=True),
        messages=(MessageSettings(name="Ben", step=2),),
    )
    wait_until(lambda: dispatcher._policy.waits_s)
    assert dispatcher._policy.repeat_every_s == 7
    assert dispatcher._policy.waits_s == {"Ben": 33}
    assert dispatcher._channels.policy is dispatcher._policy
    wait_until(lambda: {"sound", "Ben"} == {t.channel_name for t in dispatcher._channels._threads})
    running.change(alarm=AlarmSettings(sound_enabled=False))
    wait_until(lambda: {"Ben"} == {t.channel_name for t in dispatcher._channels._threads})


def test_a_file_half_written_or_gone_changes_nothing(running: Running) -> None:
    before = running.settings
    content = running.path.read_bytes()
    for half in (content[: len(content) // 3] + b"\nx = [", b"\xff\xfe"):
        running.path.write_bytes(half)
        assert running.file.look() is None
        assert running.path.read_bytes() == half, "it is not for a look to set it aside"
    running.path.unlink()
    assert running.file.look() is None
    assert running.settings == before
    running.path.write_bytes(content.replace(b"normal", b"low"))
    wait_until(lambda: running.settings.sensitivity == "low")


def test_a_step_that_fails_keeps_no_other_from_being_done(caplog: pytest.LogCaptureFixture) -> None:
    done = threading.Event()

    def fail() -> None:
        raise RuntimeError("boom")

    follower = SettingsFollower([fail, done.set])
    follower.start()
    assert done.wait(PATIENCE_S)
    assert follower.stop(PATIENCE_S) == []
    assert "boom" in caplog.text


def test_stop_without_start_is_harmless() -> None:
    assert SettingsFollower([]).stop() == []


def test_own_changes_are_no_news(tmp_path: Path) -> None:
    file = SettingsFile(tmp_path / "settings.toml", Settings())
    file.save(Settings(), Settings(sensitivity="low"))
    assert file.look() is None
