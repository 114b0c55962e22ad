"""A clip that a killed fallwatch left behind is written to its end by the next."""

from __future__ import annotations

import os
import time
from pathlib import Path

from fallwatch.recording.jpeg import to_jpeg
from fallwatch.recording.media import MediaFolder
from fallwatch.recording.pre_roll import Shot
from fallwatch.recording.spool import Spool
from tests.recording.footage import FPS, clip_times, seen
from tests.recording.test_recording_thread import Rig
from tests.waiting import PATIENCE_S, wait_until


def left_behind(folder: Path, event_id: str, age_s: float) -> MediaFolder:
    """A spool of ten frames that nobody has worked on for so long."""
    media = MediaFolder(folder)
    media.prepare()
    spool = Spool(media.spool(event_id))
    spool.begin(event_s=0.5)
    for step in range(10):
        spool.add(Shot(step / FPS, to_jpeg(seen(step).frame.image_bgr), 0.25, 0.5))
    moment_s = time.time() - age_s
    os.utime(media.spool(event_id), (moment_s, moment_s))
    return media


def test_it_is_finished_at_the_start(tmp_path: Path) -> None:
    media = left_behind(tmp_path / "recordings", "one", age_s=60)
    rig = Rig(tmp_path / "recordings")
    wait_until(lambda: not media.spool("one").exists())
    assert rig.recording.stop(PATIENCE_S) == []
    assert len(clip_times(media.clip("one"))) == 10
    assert media.evidence("one").exists()
    assert rig.dispatcher.messages == []


def test_one_that_somebody_may_be_at_work_on_is_left_alone(tmp_path: Path) -> None:
    media = left_behind(tmp_path / "recordings", "one", age_s=2)
    rig = Rig(tmp_path / "recordings")
    # In one go it keeps house and looks for what was left behind; the stop waits for its end.
    assert rig.kept_house.wait(PATIENCE_S)
    assert rig.recording.stop(PATIENCE_S) == []
    assert media.spool("one").exists()
    assert not media.clip("one").exists()
