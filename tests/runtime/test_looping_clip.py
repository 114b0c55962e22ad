"""A clip that stands for a camera shows the same fall again and again: each one is told.

It is somebody who was not seen getting up, and then a person who falls in the same place: who fell
there before must not hide that. Slower analysis, as on a busy computer, changes nothing.
"""

from __future__ import annotations

from contextlib import closing
from pathlib import Path

import pytest

from fallwatch import paths
from fallwatch.core.image_checks.rate import RateGate
from fallwatch.core.types import EventKind
from fallwatch.runtime.analyzers import build_analyzer
from fallwatch.settings import Settings
from fallwatch.sources.clip.video_file import VideoFileSource

LAPS = 4


@pytest.mark.timeout(600)
@pytest.mark.parametrize("fps", [15.0, 9.0])
def test_every_lap_s_fall_is_told(fps: float) -> None:
    clip: Path = paths.resources_dir() / "demo" / "demo_fall.mp4"
    source, gate = VideoFileSource(clip, loop=True), RateGate(fps)
    falls: list[int] = []
    source.open()
    with closing(source), closing(build_analyzer("room", Settings())) as analyzer:
        assert source.duration_s is not None
        while (frame := source.read()).timestamp_s < LAPS * source.duration_s:
            if gate.due(frame.timestamp_s):
                events = analyzer.step(frame).events
                falls += [
                    int(frame.timestamp_s // source.duration_s)
                    for event in events
                    if event.kind is EventKind.FALL
                ]
    assert falls == list(range(LAPS))
