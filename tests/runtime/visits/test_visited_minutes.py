"""In the night review a care visit is a pause of its room."""

from __future__ import annotations

from pathlib import Path

import numpy as np

from fallwatch.core.types import Analysis, Box, Frame, Person, Posture
from fallwatch.pipeline.health.occupancy import Minute, OccupancyFiles
from fallwatch.runtime.alarm_services import AlarmServices
from fallwatch.runtime.occupancy_journal import OCCUPANCY_FOLDER
from fallwatch.runtime.room_watch import RoomWatch
from fallwatch.runtime.source_choice import choose_camera
from fallwatch.runtime.visits.care_visits import ended_by
from fallwatch.settings import CameraSettings, Settings


def minutes(services: AlarmServices, folder: Path) -> set[str]:
    services.occupancy.write()
    kept = OccupancyFiles(folder / OCCUPANCY_FOLDER)
    letters = {letter for day in kept.days() for letter in kept.read(day)["Hall"]}
    return letters - {Minute.UNKNOWN.value}


def test_whoever_is_seen_meanwhile_is_no_night_of_the_room(
    services: AlarmServices, tmp_path: Path
) -> None:
    camera = CameraSettings(name="Hall", source="0")
    watch = RoomWatch(choose_camera(camera), Settings(), services)
    person = Person(1, Box(0, 0, 4, 4), None, None, 0.0, Posture.UPRIGHT)
    analysis = Analysis(Frame("Hall", 0, 0.0, np.zeros((8, 8, 3), np.uint8)), (person,))
    services.visits.begin("Hall", "maria")
    watch._on_analysis(analysis)
    assert minutes(services, tmp_path) == {Minute.PAUSED.value}
    services.visits.end("Hall", ended_by("maria"), "maria")
    watch._on_analysis(analysis)
    # Another minute may have begun.
    assert Minute.PERSON.value in minutes(services, tmp_path)
