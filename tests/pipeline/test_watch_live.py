"""Watching without a window ends in good order."""

from __future__ import annotations

import threading
import time

from fallwatch.core.protocols import SourceError
from fallwatch.pipeline.headless import Listener, watch_live
from fallwatch.pipeline.monitor import MonitorState, MonitorStatus
from tests.pipeline.fakes import FakeAnalyzer, FakeSource


def test_models_that_are_still_loaded_are_waited_for_after_the_camera_was_told_missing() -> None:
    loaded = threading.Event()
    told: list[tuple[MonitorState, bool]] = []

    def refuse(source: FakeSource) -> None:
        raise SourceError("kitchen cannot be reached.")

    def load() -> FakeAnalyzer:
        time.sleep(2.5)
        loaded.set()
        return FakeAnalyzer()

    def hear(status: MonitorStatus) -> None:
        told.append((status.state, loaded.is_set()))

    listener = Listener(lambda event, analysis: None, lambda analysis: None, hear)
    status = watch_live(
        lambda: FakeSource(before_open=refuse), load, listener, threading.Event(), 15.0
    )
    assert status.state is MonitorState.FAULTED
    assert loaded.is_set()
    assert (MonitorState.FAULTED, False) in told
