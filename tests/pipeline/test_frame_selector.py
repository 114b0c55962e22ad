"""Of a camera, as many frames are judged as its room and the load ask for."""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np
import pytest

from fallwatch.core.types import Analysis, Box, Frame, Image, Person, Posture
from fallwatch.pipeline.cpu_scheduler import CALM_FPS, CpuScheduler
from fallwatch.pipeline.frame_selector import Choice, FrameSelector
from fallwatch.pipeline.urgency import Urgency

_EMPTY = np.full((120, 160, 3), 100, dtype=np.uint8)
_SOMEONE = _EMPTY.copy()
_SOMEONE[40:90, 60:80] = 20


class Share(CpuScheduler):
    """A computer that gives each camera with motion in its room the rate a test wants."""

    def __init__(self, fps: float = 15.0) -> None:
        super().__init__(2)
        self.rate = fps

    def fps(self, camera: object, most: float) -> float:
        moves = self._urgency[camera] is Urgency.MOVING
        return min(self.rate, most) if moves else super().fps(camera, most)

    @property
    def urgencies(self) -> list[Urgency]:
        return list(self._urgency.values())


class Room:
    """A camera's frames through a selector: what is chosen, and which rates are asked for."""

    def __init__(self, share: Share | None = None, max_fps: float = 15.0) -> None:
        self.share = share or Share()
        self.rates = [max_fps]
        self.selector = FrameSelector(self.share, max_fps, self.rates.append)

    def choices(self, shown: Iterable[Frame], posture: Posture | None = None) -> list[Choice]:
        people = () if posture is None else (someone(posture),)
        found = []
        for frame in shown:
            found.append(self.selector.choose(frame))
            if found[-1] is Choice.JUDGE:
                self.selector.saw(Analysis(frame, people=people))
        return found


def someone(posture: Posture) -> Person:
    return Person(1, Box(0, 0, 1, 1), None, None, 0.0, posture)


def frames(image: Image, count: int, first: int = 0, fps: float = 15.0) -> list[Frame]:
    return [Frame("hall", n, n / fps, image) for n in range(first, first + count)]


def walking(count: int, first: int = 0) -> list[Frame]:
    """Somebody who is elsewhere in every frame."""
    return [
        Frame("hall", n, n / 15.0, np.roll(_SOMEONE, 6 * n, axis=1))
        for n in range(first, first + count)
    ]


def test_a_room_in_which_somebody_moves_is_judged_frame_by_frame() -> None:
    room = Room()
    assert set(room.choices(walking(60), Posture.UPRIGHT)) == {Choice.JUDGE}
    assert room.rates == [15.0]
    assert room.share.urgencies == [Urgency.MOVING]


def test_a_room_in_which_somebody_keeps_still_is_judged_less_often_until_they_move() -> None:
    room = Room()
    assert set(room.choices(frames(_SOMEONE, 30), Posture.UPRIGHT)) == {Choice.JUDGE}
    assert room.rates == [15.0, CALM_FPS]
    assert room.share.urgencies == [Urgency.CALM]
    room.choices(walking(1, first=31), Posture.UPRIGHT)
    assert room.rates[-1] == 15.0


@pytest.mark.parametrize("posture", [Posture.GOING_DOWN, Posture.SUSPECTED])
def test_from_the_first_sign_of_a_fall_every_frame_is_wanted(posture: Posture) -> None:
    room = Room(Share(9.0))
    room.choices(walking(30), Posture.UPRIGHT)
    assert room.rates[-1] == 9.0
    room.choices(walking(1, first=30), posture)
    assert room.rates[-1] == 15.0
    assert room.share.urgencies == [Urgency.FALLING]


def test_it_stays_urgent_for_a_while_and_not_for_ever() -> None:
    room = Room()
    room.choices(frames(_SOMEONE, 1), Posture.GOING_DOWN)
    room.choices(frames(_SOMEONE, 29, first=1), Posture.UPRIGHT)
    assert room.rates[-1] == 15.0
    room.choices(frames(_SOMEONE, 15, first=30), Posture.UPRIGHT)
    assert room.rates[-1] == CALM_FPS


def test_a_fall_that_is_known_is_not_urgent_for_ever() -> None:
    room = Room()
    room.choices(frames(_SOMEONE, 60), Posture.FALLEN)
    assert room.rates[-1] == CALM_FPS


def test_the_rate_follows_the_load() -> None:
    share = Share()
    room = Room(share)
    room.choices(walking(60), Posture.UPRIGHT)
    share.rate = 9.0
    room.choices(walking(30, first=60), Posture.UPRIGHT)
    assert room.rates == [15.0, 9.0]


def test_no_more_is_asked_for_than_was_set() -> None:
    room = Room(max_fps=8.0)
    room.choices(frames(_SOMEONE, 30), Posture.GOING_DOWN)
    room.choices(frames(_SOMEONE, 60, first=30), Posture.UPRIGHT)
    assert set(room.rates) == {8.0}


def test_an_empty_room_takes_no_share_and_a_busy_one_does() -> None:
    room = Room()
    assert room.share.urgencies == [Urgency.MOVING]
    found = room.choices(frames(_EMPTY, 90))
    assert found[-10:].count(Choice.SPARE) >= 9
    assert room.share.urgencies == [Urgency.EMPTY]
    assert room.rates[-1] == CALM_FPS
    room.choices(frames(_SOMEONE, 1, first=90))
    assert room.share.urgencies == [Urgency.MOVING]


def test_the_first_frame_with_motion_is_judged_also_at_a_low_rate() -> None:
    for moment in range(90, 106):
        room = Room(Share(9.0))
        room.choices(frames(_EMPTY, moment))
        assert room.choices(frames(_SOMEONE, 1, first=moment)) == [Choice.JUDGE]


def test_a_room_that_is_no_longer_watched_takes_no_share_and_is_asked_for_every_frame() -> None:
    room = Room()
    room.choices(frames(_EMPTY, 90))
    room.selector.close()
    assert room.share.urgencies == []
    assert room.rates[-1] == 15.0
