"""What all cameras have in common: torn pictures are none, and old ones are passed over."""

from __future__ import annotations

import time
from typing import Any

import numpy as np
import pytest

from fallwatch.core.message import Message
from fallwatch.core.protocols import SourceError
from fallwatch.sources.camera.live_camera import LiveCamera

_PATIENCE_S = 0.2


class _Capture:
    """Gives one picture after each of some waits."""

    def __init__(self, waits_s: list[float]) -> None:
        self._waits_s = iter(waits_s)

    def grab(self) -> bool:
        time.sleep(next(self._waits_s))
        return True

    def retrieve(self) -> tuple[bool, Any]:
        return True, np.zeros((4, 4, 3), np.uint8)

    def get(self, number: int) -> float:
        return 15.0

    def release(self) -> None:
        pass


class _Camera(LiveCamera):
    def __init__(self, waits_s: list[float], late_s: list[float] | None = None) -> None:
        super().__init__("hall", Message("hall has stopped sending pictures."), _PATIENCE_S)
        self._waits_s = waits_s
        self._lates_s = iter(late_s or [0.0] * len(waits_s))

    def _open_capture(self) -> Any:
        return _Capture(self._waits_s)

    def _late_s(self, capture: Any, now_s: float) -> float:
        return next(self._lates_s)


def test_a_picture_that_comes_when_the_driver_gives_up_is_a_lost_camera() -> None:
    camera = _Camera([0.0, 0.05, 0.3])
    camera.open()
    assert [camera.read().index for _ in range(2)] == [0, 1]
    with pytest.raises(SourceError, match="stopped sending"):
        camera.read()
    camera.close()


def test_of_a_camera_that_is_behind_the_old_pictures_are_passed_over() -> None:
    camera = _Camera([0.0] * 5, [0.0, 9.0, 4.0, 0.5, 0.0])
    camera.open()
    first, second = camera.read(), camera.read()
    camera.close()
    assert (first.index, first.late_s) == (0, 0.0)
    assert (second.index, second.late_s) == (3, 0.5)


def test_a_late_picture_carries_the_time_when_it_was_taken() -> None:
    camera = _Camera([0.0], [2.0])
    camera.open()
    frame = camera.read()
    camera.close()
    assert frame.late_s == 2.0
    assert frame.captured_unix_s == pytest.approx(time.time() - 2.0, abs=0.5)
