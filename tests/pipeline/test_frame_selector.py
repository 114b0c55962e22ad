"""Of a camera, as many pictures are judged as the load allows, and the ones that matter."""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np

from fallwatch.core.types import Analysis, Box, Frame, Image, Person, Posture
from fallwatch.pipeline.cpu_scheduler import CpuScheduler
from fallwatch.pipeline.frame_selector import Choice, FrameSelector

_EMPTY = np.full((120, 160, 3), 100, dtype=np.uint8)
_SOMEONE = _EMPTY.copy()
_SOMEONE[40:90, 60:80] = 20


class Share(CpuScheduler):
    """A computer that gives each camera the rate a test wants."""

    def __init__(self, fps: float = 15.0) -> None:
        super().__init__(2)
        self.rate = fps

    def fps(self, most: float) -> float:
        return min(self.rate, most)

    @property
    def busy(self) -> int:
        return len(self._busy)


def frames(image: Image, count: int, first: int = 0, fps: float = 15.0) -> list[Frame]:
    return [Frame("hall", n, n / fps, image) for n in range(first, first + count)]


def choices(
    pace: FrameSelector, pictures: Iterable[Frame], *, people: bool = False
) -> list[Choice]:
    found = []
    person = Person(1, Box(0, 0, 1, 1), None, None, 0.0, Posture.UPRIGHT)
    for frame in pictures:
        found.append(pace.choose(frame))
        if found[-1] is Choice.JUDGE:
            pace.saw(Analysis(frame, people=(person,) if people else ()))
    return found


def test_a_busy_room_is_judged_at_the_rate_of_the_load() -> None:
    found = choices(FrameSelector(Share(8.0), 15.0), frames(_SOMEONE, 300), people=True)
    assert 160 <= found.count(Choice.JUDGE) <= 163
    assert Choice.SPARE not in found


def test_a_room_with_little_load_is_judged_picture_by_picture() -> None:
    found = choices(FrameSelector(Share(), 15.0), frames(_SOMEONE, 60), people=True)
    assert set(found) == {Choice.JUDGE}


def test_the_rate_follows_the_load() -> None:
    share = Share()
    pace = FrameSelector(share, 15.0)
    choices(pace, frames(_SOMEONE, 60), people=True)
    share.rate = 8.0
    found = choices(pace, frames(_SOMEONE, 150, first=60), people=True)
    assert found[30:].count(Choice.DROP) > 40


def test_an_empty_room_takes_no_share_and_a_busy_one_does() -> None:
    share = Share()
    pace = FrameSelector(share, 15.0)
    assert share.busy == 1
    found = choices(pace, frames(_EMPTY, 90))
    assert found[-10:].count(Choice.SPARE) >= 9
    assert share.busy == 0
    choices(pace, frames(_SOMEONE, 1, first=90))
    assert share.busy == 1


def test_the_first_picture_with_motion_is_judged_also_at_a_low_rate() -> None:
    for moment in range(90, 106):
        pace = FrameSelector(Share(8.0), 15.0)
        choices(pace, frames(_EMPTY, moment))
        assert choices(pace, frames(_SOMEONE, 1, first=moment)) == [Choice.JUDGE]


def test_a_room_that_is_no_longer_watched_takes_no_share() -> None:
    share = Share()
    pace = FrameSelector(share, 15.0)
    pace.close()
    assert share.busy == 0
