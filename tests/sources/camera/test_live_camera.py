"""What all cameras have in common: torn images are none, and old ones are passed over."""

from __future__ import annotations

import re
from types import SimpleNamespace
from typing import Any, NamedTuple

import numpy as np
import pytest

from fallwatch.core.message import Message
from fallwatch.core.protocols import SourceError
from fallwatch.sources.camera.live_camera import LiveCamera
from tests.repository import REPOSITORY
from tests.waiting import FakeClock

_PATIENCE_S = 0.2


class _Capture:
    """Gives one frame after each of some waits."""

    def __init__(self, waits_s: list[float], clock: FakeClock) -> None:
        self._waits_s, self._clock = iter(waits_s), clock

    def grab(self) -> bool:
        self._clock.advance(next(self._waits_s))
        return True

    def retrieve(self) -> tuple[bool, Any]:
        return True, np.zeros((48, 64, 3), np.uint8)

    def get(self, number: int) -> float:
        return 15.0

    def release(self) -> None:
        pass


class _Camera(LiveCamera):
    def __init__(
        self, waits_s: list[float], clock: FakeClock, late_s: list[float] | None = None
    ) -> None:
        super().__init__("hall", Message("hall has stopped sending images."), _PATIENCE_S)
        self._waits_s, self._clock = waits_s, clock
        self._lates_s = iter(late_s or [0.0] * len(waits_s))

    def _open_capture(self) -> Any:
        return _Capture(self._waits_s, self._clock)

    def _late_s(self, capture: Any, now_s: float) -> float:
        return next(self._lates_s)


class Times(NamedTuple):
    """The part of the module ``time`` that a camera needs."""

    perf_counter: FakeClock
    time: FakeClock


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> FakeClock:
    """The clock the camera looks at; it goes on while the camera is waited for."""
    clock = FakeClock()
    monkeypatch.setattr("fallwatch.sources.camera.live_camera.time", Times(clock, clock))
    return clock


def test_a_frame_that_comes_when_the_driver_gives_up_is_a_lost_camera(clock: FakeClock) -> None:
    camera = _Camera([0.0, 0.19, 0.21], clock)
    camera.open()
    assert [camera.read().index for _ in range(2)] == [0, 1]
    with pytest.raises(SourceError, match="stopped sending"):
        camera.read()
    camera.close()


def test_of_a_camera_that_is_behind_the_old_frames_are_passed_over(clock: FakeClock) -> None:
    camera = _Camera([0.0] * 5, clock, [0.0, 9.0, 4.0, 0.5, 0.0])
    camera.open()
    first, second = camera.read(), camera.read()
    camera.close()
    assert (first.index, first.late_s) == (0, 0.0)
    assert (second.index, second.late_s) == (3, 0.5)


def test_a_late_frame_carries_the_time_when_it_was_taken(clock: FakeClock) -> None:
    camera = _Camera([0.0], clock, [2.0])
    camera.open()
    frame = camera.read()
    camera.close()
    assert frame.late_s == 2.0
    assert frame.captured_unix_s == clock() - 2.0


def test_stamps_do_not_come_from_a_clock_that_ticks_coarsely(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Windows before Python 3.13: 15.6 ms at a time, which lost a fall of the test recordings."""
    fine = FakeClock()
    steps = Times(fine, fine)._asdict() | {"monotonic": lambda: fine() // 0.015625 * 0.015625}
    monkeypatch.setattr("fallwatch.sources.camera.live_camera.time", SimpleNamespace(**steps))
    camera = _Camera([0.0] + [0.005] * 20, fine)
    camera.open()
    stamps = [camera.read().timestamp_s for _ in range(20)]
    camera.close()
    assert np.diff(stamps) == pytest.approx(np.full(19, 0.005), abs=1e-9)


def test_no_source_and_no_monitor_looks_at_that_clock() -> None:
    """One clock for stamps and for their age."""
    folder = REPOSITORY / "fallwatch"
    sources = [folder / "pipeline" / "monitor.py", *(folder / "sources").rglob("*.py")]
    assert len(sources) > 15
    clock = re.compile(r"\btime\.monotonic\b(?!`)")
    named = [path for path in sources if clock.search(path.read_text(encoding="utf-8"))]
    assert named == []
