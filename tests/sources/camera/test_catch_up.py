"""Old frames are passed over, but never so many that nobody would be seen."""

from __future__ import annotations

from collections.abc import Callable

from fallwatch.sources.camera.catch_up import CatchUp

_FPS = 20


def _let_through(late_s: Callable[[float], float], seconds: float) -> list[float]:
    """When frames were let through, at 20 a second from 100 on."""
    catch_up = CatchUp()
    times = [number / _FPS for number in range(int(seconds * _FPS))]
    return [each for each in times if not catch_up.passes_over(late_s(each), 100 + each)]


def test_frames_in_time_are_all_let_through() -> None:
    assert len(_let_through(lambda time_s: 2.9, 10)) == 10 * _FPS


def test_old_frames_are_passed_over_until_new_ones_come() -> None:
    through = _let_through(lambda time_s: max(0.0, 10 - 10 * time_s), 3)
    assert through[0] == 0.95
    assert len(through) == 3 * _FPS - 19


def test_while_it_catches_up_a_glimpse_is_let_through() -> None:
    through = _let_through(lambda time_s: 10 - time_s, 5)
    assert through == [1.5, 3.0, 4.5]


def test_what_does_not_help_is_given_up_and_tried_again_later() -> None:
    through = _let_through(lambda time_s: 20.0, 50)
    assert len([each for each in through if 5 <= each < 35]) == 30 * _FPS
    assert len([each for each in through if 35 <= each < 40]) == 3
    assert len([each for each in through if each >= 40]) == 10 * _FPS
