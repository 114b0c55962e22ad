"""Growth with the number of rooms: busy ones, empty ones, and a fall in one of many."""

from __future__ import annotations

import json
import math
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

from fallwatch.bench.arm_process import ArmProcess
from fallwatch.bench.figures import FALLWATCH, WatchedCameras, cameras_possible, summarize_live
from fallwatch.bench.files import write_files
from fallwatch.bench.machine import OnStep, machine_text
from fallwatch.bench.measure.footage import SceneName
from fallwatch.pipeline.cpu_scheduler import usable_processors
from fallwatch.settings import MAX_CAMERAS

#: Seconds for which each number of rooms is watched, three times.
SECONDS = 10.0

#: Share of the processors that empty rooms may take: somebody may come into any of them.
_EMPTY_USE = 0.8

#: Numbers of rooms for which an engineer wants to know how many such computers it takes.
_HOUSES = (40, 200, 1000)


@dataclass(frozen=True, slots=True)
class GrowthRow:
    """Figures of one number of rooms.

    Attributes:
        rooms: Number of rooms.
        busy: With somebody moving, and now and then falling, in all of them.
        empty: With nobody in any of them.
        falling: With somebody who falls in the first and people going about in the others.
        falling_fps: Frames judged a second of the first while somebody fell; None if nobody was
            seen to fall.
    """

    rooms: int
    busy: WatchedCameras
    empty: WatchedCameras
    falling: WatchedCameras
    falling_fps: float | None


@dataclass(frozen=True, slots=True)
class Growth:
    """All figures of one run.

    Attributes:
        machine: The processor, the number of cores and the versions.
        clip: Name of the clip.
        processors: Number of processors that could be used.
        rows: From few rooms to many.
    """

    machine: str
    clip: str
    processors: int
    rows: tuple[GrowthRow, ...]

    @property
    def busy_rooms(self) -> int:
        """Number of rooms that are judged often enough with somebody moving in every one."""
        return cameras_possible([row.busy for row in self.rows], most=None)

    @property
    def empty_rooms(self) -> int:
        """Number of empty rooms for which the processors are enough, by the largest tried."""
        last = self.rows[-1]
        percent_of_one = max(last.empty.core_percent / last.rooms, 0.01)
        return int(_EMPTY_USE * 100.0 * self.processors / percent_of_one)


def measure_growth(
    clip: Path, weights_dir: Path, variant: str, rooms: Sequence[int], on_step: OnStep
) -> Growth:
    """Watch each of these numbers of rooms for a while; each in a new process.

    Raises:
        BenchError: Something could not be measured.
    """
    rows = []
    for count in sorted(set(rooms)):
        on_step(f"loading the models, rooms: {count}")
        arm = ArmProcess(FALLWATCH, clip, weights_dir, variant)
        try:
            lives = {}
            for scene in SceneName:
                on_step(f"{scene.value}, rooms: {count}")
                lives[scene] = arm.live(count, SECONDS, scene)
        finally:
            arm.close()
        busy, empty, falling = (
            summarize_live(FALLWATCH, count, [live], still=scene is SceneName.STILL)
            for scene, live in lives.items()
        )
        fps = lives[SceneName.FALLING].falling_fps
        rows.append(GrowthRow(count, busy, empty, falling, fps))
    return Growth(machine_text(), clip.name, usable_processors(), tuple(rows))


def growth_conclusion(growth: Growth) -> str:
    """The answers for a caregiver and for an engineer, a sentence each."""
    busy, empty = growth.busy_rooms, growth.empty_rooms
    if busy == 0:
        return "This PC is too slow to watch a room: close other programs."
    shown = f"; a window shows at most {MAX_CAMERAS}" if max(busy, empty) > MAX_CAMERAS else ""
    needed = [math.ceil(house / busy) for house in _HOUSES]
    least = "at least " if busy >= growth.rows[-1].rooms else ""
    most = "at most " if least else ""
    rooms = f"{least}{busy} room{'s' * (busy != 1)}"
    return (
        f"This PC can watch {rooms} with somebody moving in every one, and about {empty} empty "
        f"ones{shown}. Houses of {_listed(_HOUSES)} rooms, all busy at once, need "
        f"{most}{_listed(needed)} such PCs."
    )


def write_growth(growth: Growth, folder: Path, files: dict[str, str]) -> None:
    """Write the figures as JSON, and what was made of them.

    Args:
        growth: The figures.
        folder: Where to write; made if it is missing.
        files: Text of further files by name.

    Raises:
        BenchError: They cannot be written.
    """
    figures = json.dumps(asdict(growth), indent=1) + "\n"
    write_files(folder, {"rooms.json": figures, **files})


def _listed(numbers: Sequence[int]) -> str:
    return f"{', '.join(map(str, numbers[:-1]))} and {numbers[-1]}"
