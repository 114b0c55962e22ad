"""A care visit as others see it at the broker."""

from __future__ import annotations

from pathlib import Path

import pytest

from fallwatch.core.message import Message
from fallwatch.pipeline.health.status import MonitorState, MonitorStatus
from fallwatch.runtime.alarm_services import AlarmServices
from fallwatch.runtime.visits.care_visits import ended_by
from fallwatch.settings import BrokerSettings, Settings
from fallwatch.system.secrets.passwords import Passwords


def test_a_room_with_a_care_visit_is_not_watched_at_the_broker(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("FALLWATCH_HOME", str(tmp_path / "home"))
    settings = Settings(broker=BrokerSettings(address="mqtt://127.0.0.1:9"))
    services = AlarmServices(lambda: settings, Passwords(), folder=tmp_path, channels=[])
    told: list[dict[str, object]] = []
    publisher = services._notifications._publisher
    assert publisher is not None
    monkeypatch.setattr(publisher, "show_camera", lambda camera, **how: told.append(how))
    status = MonitorStatus("Hall", MonitorState.RUNNING, Message("Fine."), 10.0, 0.1)
    try:
        services._notifications.on_status(status)
        services.visits.begin("Hall", "Maria")
        services._notifications.on_status(status)
        services.visits.end("Hall", ended_by("Maria"), "Maria")
        services._notifications.on_status(status)
    finally:
        services.stop()
    fine = {"watched": True, "words": "Fine."}
    assert told[0] == told[2] == fine
    assert told[1]["watched"] is False
    assert told[1]["words"] == "In the room: Maria. Alarms about people are paused here."
