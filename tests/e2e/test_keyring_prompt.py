"""A prompt of the keyring that nobody answers holds up no alarm and no acknowledgement."""

from __future__ import annotations

import threading
from collections.abc import Iterator

import pytest
from pytestqt.qtbot import QtBot

from fallwatch import paths
from fallwatch.app import WindowComposition, make_application
from fallwatch.core.message import Message
from fallwatch.core.types import AlarmState
from fallwatch.settings import (
    SETTINGS_FILE,
    AlarmSettings,
    CameraSettings,
    Settings,
    save_settings,
)
from tests.waiting import wait_until, within


@pytest.fixture
def prompts(monkeypatch: pytest.MonkeyPatch) -> Iterator[list[str]]:
    """The system's keyring asks to be unlocked, and nobody is there."""
    shown: list[str] = []
    answered = threading.Event()

    def prompt(service: str, user: str, *password: str) -> None:
        shown.append(user)
        answered.wait()

    monkeypatch.setattr("keyring.get_password", prompt)
    monkeypatch.setattr("keyring.set_password", prompt)
    yield shown
    answered.set()


def test_an_alarm_is_acknowledged_while_a_prompt_waits(qtbot: QtBot, prompts: list[str]) -> None:
    # Its password belongs into the keyring: the window puts it there at the start.
    room = CameraSettings(name="Hall", source="rtsp://anna:s%40fe@127.0.0.1:9/one")
    settings = Settings(alarm=AlarmSettings(sound_enabled=False), cameras=(room,), language="en")
    save_settings(settings, paths.config_dir() / SETTINGS_FILE)
    composition = WindowComposition(make_application(), None)
    window, dispatcher = composition.window, composition.alarms.dispatcher
    qtbot.addWidget(window)
    window.show()
    try:
        qtbot.waitUntil(lambda: bool(prompts))
        alarm = dispatcher.raise_technical("Bath", "camera_moved", Message("Put it back."))
        with within(4.0):
            qtbot.waitUntil(lambda: window.banner.isVisible())
            while window.banner.shown and window.banner.shown.event_id != alarm.event_id:
                window.banner._turn_by(1)
            qtbot.waitUntil(lambda: window.banner._button.isEnabled())
            window.banner.acknowledge()
            qtbot.waitUntil(
                lambda: any(
                    each.event_id == alarm.event_id and each.state is AlarmState.ACKNOWLEDGED
                    for each in dispatcher.open_alarms
                )
            )
        wait_until(lambda: any(each.kind == "camera_lost" for each in dispatcher.open_alarms))
    finally:
        window.end()
        with within(2.0):
            composition.shutdown()
