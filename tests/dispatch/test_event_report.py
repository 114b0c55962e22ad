"""Reports of an event: its time in the clip is that, however often the clip was played."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from fallwatch.alarms.raising import alarm_from_event
from fallwatch.core.types import Alarm, Analysis, Box, EventKind, FallEvent, Frame
from fallwatch.dispatch.event_report import RaisedEvent, event_json, raise_alarm

_IMAGE = np.zeros((48, 64, 3), np.uint8)


class _Record:
    """Makes alarms, and keeps what it was told of each."""

    def raise_event(self, event: FallEvent, *, started_unix_s: float, from_clip: bool) -> Alarm:
        self.started_unix_s = started_unix_s
        return alarm_from_event(event, "one", started_utc="", from_clip=from_clip)


def _report(started_s: float, frame: Frame, *, from_clip: bool) -> tuple[Alarm, Any, float]:
    box = Box(0, 0, 1, 1)
    event = FallEvent(EventKind.FALL, "Hall", 1, started_s, frame.timestamp_s, 1.0, (), box)
    record, analysis = _Record(), Analysis(frame)
    alarm = raise_alarm(record, event, analysis, from_clip=from_clip)  # type: ignore[arg-type]
    return alarm, event_json(RaisedEvent(event, alarm, analysis)), record.started_unix_s


@pytest.mark.parametrize(
    ("clip_s", "clip_time_s"),
    [
        (None, 97.5),  # a clip that is not played over and over may say nothing
        (99.0, 97.5),
        (7.0, 5.5),  # in a later round
        (1.0, 0.0),  # begun at the end of the round before
    ],
)
def test_the_time_in_the_clip_counts_from_its_begin(
    clip_s: float | None, clip_time_s: float
) -> None:
    frame = Frame("Hall", 9, 99.0, _IMAGE, 5000.0, clip_s=clip_s)
    alarm, line, started_unix_s = _report(97.5, frame, from_clip=True)
    assert alarm.clip_time_s == clip_time_s
    assert line["clip_time_s"] == clip_time_s
    assert started_unix_s == 4998.5


def test_a_camera_has_no_time_in_a_clip() -> None:
    alarm, line, _ = _report(97.5, Frame("Hall", 9, 99.0, _IMAGE, 5000.0), from_clip=False)
    assert alarm.clip_time_s is None
    assert "clip_time_s" not in line
