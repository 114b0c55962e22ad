"""An empty, still room is spared the models; whatever moves is looked at, in the same frame."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from fallwatch.core.image_checks.motion_gate import (
    LOOK_EVERY_S,
    QUIET_AFTER_S,
    MotionGate,
    StaticScene,
    coarse_grid,
)
from fallwatch.core.types import Analysis, Box, Frame, Image, Person, Posture

FPS = 15.0
EMPTY_AFTER = round((QUIET_AFTER_S + 1.0) * FPS)

_RANDOM = np.random.default_rng(0)
_ROOM = _RANDOM.integers(40, 200, (480, 640, 3)).astype(np.uint8)
_PICTURES = [
    np.clip(_ROOM + _RANDOM.normal(0, 5.0, _ROOM.shape), 0, 255).astype(np.uint8) for _ in range(6)
]


def noisy(number: int = 0) -> Image:
    """The room once more, with other noise: 5 grey levels."""
    return _PICTURES[number % len(_PICTURES)]


def with_someone(height_px: int = 60, at: tuple[int, int] = (200, 300)) -> Image:
    image = noisy().copy()
    top, left = at
    image[top : top + height_px, left : left + height_px // 3] = 20
    return image


def frame(index: int, image: Image) -> Frame:
    return Frame("hall", index, index / FPS, image)


def someone() -> tuple[Person, ...]:
    return (Person(1, Box(0, 0, 10, 20), None, None, 0.0, Posture.UPRIGHT),)


def empty_room() -> StaticScene:
    """One that has been empty for long enough."""
    room = StaticScene()
    for index in range(EMPTY_AFTER):
        shown = frame(index, noisy(index))
        if not room.spares(shown):
            room.saw(Analysis(shown))
    return room


def test_a_camera_s_noise_is_no_motion() -> None:
    gate = MotionGate()
    gate.moved(noisy())
    gate.keep()
    assert not any(gate.moved(noisy(number)) for number in range(1, 6))


@pytest.mark.parametrize("height_px", [40, 60, 200])
@pytest.mark.parametrize("at", [(200, 300), (0, 0), (430, 600), (203, 311)])
def test_a_small_person_anywhere_is_motion(height_px: int, at: tuple[int, int]) -> None:
    gate = MotionGate()
    gate.moved(noisy())
    gate.keep()
    assert gate.moved(with_someone(height_px, at))


@pytest.mark.parametrize("noise", [0.0, 1.0, 2.0])
def test_somebody_in_the_dark_a_few_levels_brighter_than_the_room_is_motion(noise: float) -> None:
    def dark(someone_levels: float = 0.0) -> Image:
        image = 6.0 + _RANDOM.normal(0, noise, (480, 640, 3))
        image[200:280, 300:330] += someone_levels
        return np.clip(image, 0, 255).astype(np.uint8)

    gate = MotionGate()
    gate.moved(dark())
    gate.keep()
    assert not any(gate.moved(dark()) for _ in range(20))
    assert gate.moved(dark(6.0))


def test_slow_motion_adds_up_until_it_is_noticed() -> None:
    gate = MotionGate()
    gate.moved(_ROOM)
    gate.keep()
    brighter = [np.clip(_ROOM.astype(int) + level, 0, 255).astype(np.uint8) for level in range(12)]
    noticed = [gate.moved(image) for image in brighter]
    assert not noticed[1]
    assert noticed[-1]


def test_another_size_of_image_is_motion() -> None:
    gate = MotionGate()
    gate.moved(_ROOM)
    gate.keep()
    assert gate.moved(np.ascontiguousarray(_ROOM[:240, :320]))


@given(height=st.integers(1, 700), width=st.integers(1, 900))
def test_images_of_any_size_can_be_compared(height: int, width: int) -> None:
    grid = coarse_grid(np.full((height, width, 3), 90, dtype=np.uint8))
    assert grid.ndim == 2
    assert np.all(grid == 90)
    gate = MotionGate()
    assert gate.moved(np.zeros((height, width, 3), dtype=np.uint8))


def test_an_empty_still_room_is_analysed_once_a_second_only() -> None:
    room = empty_room()
    analysed = 0
    for index in range(EMPTY_AFTER, EMPTY_AFTER + round(10 * FPS)):
        shown = frame(index, noisy(index))
        if not room.spares(shown):
            analysed += 1
            room.saw(Analysis(shown))
    assert analysed == pytest.approx(10 / LOOK_EVERY_S, abs=1)


def test_the_first_frame_in_which_something_moves_is_analysed_and_all_that_follow() -> None:
    room = empty_room()
    someone_there = with_someone()
    spared = [room.spares(frame(EMPTY_AFTER + n, someone_there)) for n in range(30)]
    assert not any(spared)


def test_nothing_is_spared_while_somebody_is_tracked_however_still() -> None:
    room = StaticScene()
    for index in range(20 * round(FPS)):
        shown = frame(index, noisy(index))
        assert not room.spares(shown)
        room.saw(Analysis(shown, people=someone()))


def test_nothing_is_spared_in_the_first_seconds() -> None:
    room = StaticScene()
    assert not any(room.spares(frame(n, noisy())) for n in range(round(QUIET_AFTER_S * FPS)))
