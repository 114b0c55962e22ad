"""Whether somebody is in view goes with every status: a still room may be analysed rarely."""

from __future__ import annotations

import threading

from fallwatch.core.types import Analysis, Box, Frame, Person, Posture
from fallwatch.pipeline.analysis_thread import AnalysisThread
from fallwatch.pipeline.frame_selector import FrameSelector
from fallwatch.pipeline.health.heartbeats import HeartbeatLog
from fallwatch.pipeline.mailbox import Mailbox
from tests.pipeline.fakes import FakeAnalyzer
from tests.pipeline.test_frame_selector import _EMPTY, _SOMEONE, Share, frames


class Analyzer(FakeAnalyzer):
    """Sees somebody where there is somebody."""

    def step(self, frame: Frame) -> Analysis:
        person = Person(1, Box(0, 0, 1, 1), None, None, 0.0, Posture.UPRIGHT)
        is_empty = frame.image_bgr is _EMPTY
        return Analysis(frame, people=() if is_empty else (person,))


def test_a_room_is_still_until_somebody_comes() -> None:
    log = HeartbeatLog(lambda: 0.0, threading.Event())
    pace, analyzer = FrameSelector(Share(), 15.0, lambda fps: None), Analyzer()
    thread = AnalysisThread(
        "hall",
        lambda: analyzer,
        inlet=Mailbox(),
        heartbeat_log=log,
        on_event=lambda event, analysis: None,
        on_analysis=lambda analysis: None,
    )
    still: list[bool] = []
    for frame in frames(_EMPTY, 150) + frames(_SOMEONE, 30, first=150):
        thread._judge(analyzer, pace, frame)
        still.append(log.heartbeats.is_still)
    assert not any(still[:15]), "nothing is known of a room that was seen for a second"
    assert all(still[90:150]), "also in the frames that are judged now and then"
    assert not any(still[150:])
