"""Too few analysed frames are told, with the remedy that fits, and frames that come late."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from fallwatch.pipeline.health.faults import ANALYSIS_SLOW, CAMERA_LATE
from fallwatch.pipeline.health.status import Fault
from fallwatch.pipeline.health.throughput_check import ThroughputCheck


def _told(
    analysed_fps: Callable[[float], float],
    captured_fps: float = 15.0,
    seconds: int = 100,
    late_s: Callable[[float], float] = lambda now_s: 0.0,
) -> list[Fault | None]:
    pace = ThroughputCheck("hall")
    return [
        pace.update(
            running=True,
            analysed_fps=analysed_fps(float(now_s)),
            captured_fps=captured_fps,
            late_s=late_s(float(now_s)),
            now_s=float(now_s),
        )
        for now_s in range(seconds)
    ]


def test_a_slow_computer_is_told_after_some_seconds_and_over_when_it_is_fast_again() -> None:
    told = _told(lambda now_s: 2.0 if 20 <= now_s < 60 else 12.0)
    assert [now_s for now_s, each in enumerate(told) if each] == list(range(28, 68))
    trouble = told[40]
    assert trouble is not None
    assert trouble.kind == ANALYSIS_SLOW
    assert str(trouble.message).startswith("Only 2 frames a second are analysed in hall")
    assert "computer is too busy" in str(trouble.message)


def test_a_camera_that_sends_few_frames_is_named_as_the_cause() -> None:
    told = _told(lambda now_s: 3.0, captured_fps=3.0)[-1]
    assert told is not None
    assert "The camera sends no more" in str(told.message)


@pytest.mark.parametrize("slow_fps", [1.0, 5.5])
def test_it_does_not_flap_around_the_limit(slow_fps: float) -> None:
    told = _told(lambda now_s: 2.0 if now_s < 20 else (slow_fps, 9.0)[int(now_s) % 4 == 0])
    assert all(told[10:])
    assert not any(_told(lambda now_s: (2.0, 9.0)[int(now_s) % 4 == 0]))


def test_while_no_frames_come_nothing_is_known() -> None:
    pace = ThroughputCheck("hall")
    for now_s in range(60):
        running = now_s >= 50
        told = pace.update(
            running=running, analysed_fps=0.0, captured_fps=0.0, late_s=60.0, now_s=float(now_s)
        )
        assert (told is None) is (now_s < 55)


def test_late_frames_are_told_after_some_seconds_and_over_when_they_come_in_time() -> None:
    told = _told(lambda now_s: 12.0, late_s=lambda now_s: 6.0 if 20 <= now_s < 60 else 1.0)
    assert [now_s for now_s, each in enumerate(told) if each] == list(range(25, 65))
    trouble = told[40]
    assert trouble is not None
    assert trouble.kind == CAMERA_LATE
    assert str(trouble.message).startswith("Images arrive late: what hall shows is several")


def test_what_is_soon_caught_up_with_is_not_told() -> None:
    assert not any(_told(lambda now_s: 12.0, late_s=lambda now_s: 20.0 * (now_s % 10 < 4)))


@pytest.mark.parametrize("late_s", [2.5, 4.9])
def test_lateness_does_not_flap_around_its_limit(late_s: float) -> None:
    told = _told(lambda now_s: 12.0, late_s=lambda now_s: 6.0 if now_s < 20 else late_s)
    assert all(told[5:])


def test_that_frames_are_late_is_said_first() -> None:
    told = _told(lambda now_s: 2.0, late_s=lambda now_s: 6.0)[-1]
    assert told is not None
    assert told.kind == CAMERA_LATE
