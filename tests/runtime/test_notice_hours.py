"""A bed exit is told in its hours alone, by when they got up."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from pathlib import Path

import numpy as np
import pytest

from fallwatch.core.types import Analysis, EventKind, Frame
from fallwatch.runtime.alarm_services import AlarmServices
from fallwatch.runtime.room_watch import RoomWatch
from fallwatch.runtime.source_choice import choose_camera
from fallwatch.settings import CameraSettings, Settings
from fallwatch.system.secrets.passwords import Passwords
from tests.alarms.builders import make_event

CORNERS = [[0.0, 0.0], [1.0, 0.0], [1.0, 1.0]]


@pytest.fixture
def services(tmp_path: Path) -> Iterator[AlarmServices]:
    services = AlarmServices(Settings, Passwords(), folder=tmp_path, channels=[])
    services.start()
    yield services
    services.stop()


def got_up_at(services: AlarmServices, hour: int, hours: str) -> list[str]:
    """Kinds of the alarms after somebody got up then, and was told of a quarter hour later."""
    zone = {"kind": "bed", "corners_norm": CORNERS, "exit_after_s": 900, "exit_hours": hours}
    camera = CameraSettings.model_validate({"name": "Hall", "source": "0", "zones": [zone]})
    watch = RoomWatch(choose_camera(camera), Settings(), services)
    at_s = datetime(2026, 3, 2, hour, 50).timestamp()
    pixels = np.zeros((8, 8, 3), np.uint8)
    frame = Frame("Hall", 0, 5000.0, pixels, captured_unix_s=at_s + 900)
    event = make_event(
        EventKind.BED_EXIT, camera="Hall", zone=0, started_s=4100.0, decided_s=5000.0
    )
    watch._on_event(event, Analysis(frame, events=(event,)))
    return [alarm.kind for alarm in services.dispatcher.open_alarms]


@pytest.mark.parametrize(
    ("hour", "hours", "told"),
    [
        (23, "22:00-06:00", True),
        (5, "22:00-06:00", True),
        (6, "22:00-06:00", False),
        (21, "22:00-06:00", False),
        (12, "", True),
    ],
)
def test_by_the_hour_in_which_they_got_up(
    services: AlarmServices, hour: int, hours: str, told: bool
) -> None:
    assert got_up_at(services, hour, hours) == (["bed_exit"] if told else [])


def test_a_carer_in_the_room_knows(services: AlarmServices) -> None:
    services.visits.begin("Hall", "maria")
    assert got_up_at(services, 23, "22:00-06:00") == []
