"""A bed exit is a notice in its hours alone, by when somebody got up."""

from __future__ import annotations

from datetime import datetime

import numpy as np
import pytest

from fallwatch.core.types import Analysis, Box, EventKind, Frame, Person, Pose, Posture
from fallwatch.runtime.alarm_services import AlarmServices
from fallwatch.runtime.room_watch import RoomWatch
from fallwatch.runtime.source_choice import choose_camera
from fallwatch.settings import CameraSettings, Settings
from tests.alarms.builders import make_event
from tests.core.synthetic import figure

CORNERS = [[0.0, 0.0], [1.0, 0.0], [1.0, 1.0]]


def got_up_at(services: AlarmServices, hour: int, hours: str) -> list[str]:
    """Kinds of the alarms a quarter of an hour after somebody got up at ten to the next hour."""
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
    ("hour", "hours", "is_notice"),
    [
        (23, "22:00-06:00", True),
        (5, "22:00-06:00", True),
        (6, "22:00-06:00", False),
        (21, "22:00-06:00", False),
        (12, "", True),
    ],
)
def test_by_the_hour_in_which_they_got_up(
    services: AlarmServices, hour: int, hours: str, is_notice: bool
) -> None:
    assert got_up_at(services, hour, hours) == (["bed_exit"] if is_notice else [])


def test_a_carer_in_the_room_knows(services: AlarmServices) -> None:
    services.visits.begin("Hall", "maria")
    for number in range(100):
        frame = Frame("Hall", number, number / 10, np.zeros((8, 8, 3), np.uint8))
        both = tuple(a_person(track_id, figure(100.0 * track_id)) for track_id in (1, 2))
        services.visits.see("Hall", Analysis(frame, both))
    assert got_up_at(services, 23, "22:00-06:00") == []


def a_person(track_id: int, pose: Pose) -> Person:
    return Person(track_id, Box(0, 0, 1, 1), pose, None, 0.0, Posture.UPRIGHT)
