"""A camera that looks somewhere else is told from a room in which people and lamps move."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest

from fallwatch.core.image_checks.luma_thumbnail import sight
from fallwatch.core.image_checks.moved import MovedCamera
from fallwatch.core.types import Image

_FPS = 2.0


def _room(seed: int = 5) -> Image:
    """Furniture: rectangles of any brightness."""
    numbers = np.random.default_rng(seed)
    image = np.full((480, 640, 3), 120, np.uint8)
    for _ in range(40):
        x, y = numbers.integers(0, 560), numbers.integers(0, 400)
        width, height = numbers.integers(20, 160), numbers.integers(20, 140)
        image[y : y + height, x : x + width] = numbers.integers(20, 235)
    return image


_ROOM = _room()


def _verdicts(image: Callable[[float], Image], seconds: float) -> list[bool]:
    moved = MovedCamera()
    times = np.arange(0, seconds, 1 / _FPS)
    return [moved.update(sight(image(float(now_s))), float(now_s)) for now_s in times]


def _at(verdicts: list[bool], now_s: float) -> bool:
    return verdicts[round(now_s * _FPS)]


@pytest.mark.parametrize(
    "other",
    [
        pytest.param(np.ascontiguousarray(np.roll(_ROOM, 160, axis=1)), id="turned by a quarter"),
        pytest.param(np.ascontiguousarray(_ROOM[::-1, ::-1]), id="upside down"),
        pytest.param(_room(6), id="another room"),
    ],
)
def test_another_view_is_told_within_thirty_seconds_and_ends_with_the_usual_one(
    other: Image,
) -> None:
    verdicts = _verdicts(lambda s: other if 30 <= s < 90 else _ROOM, 130)
    assert not _at(verdicts, 30)
    assert _at(verdicts, 60)
    assert _at(verdicts, 89)
    assert not _at(verdicts, 110)


@pytest.mark.parametrize(
    "light",
    [
        pytest.param(lambda image: image * 0.35, id="dim"),
        pytest.param(lambda image: 255 * (image / 255) ** 0.5, id="bright"),
        pytest.param(lambda image: image * np.linspace(0.3, 1.2, 640)[:, None], id="from one side"),
    ],
)
def test_a_lamp_is_not_another_view(light: Callable[[Image], np.ndarray]) -> None:
    lit = np.clip(light(_ROOM), 0, 255).astype(np.uint8)
    assert not any(_verdicts(lambda s: lit if s >= 30 else _ROOM, 90))


def test_somebody_who_walks_through_is_not_another_view() -> None:
    def walking(now_s: float) -> Image:
        image = _ROOM.copy()
        x = int(now_s * 40) % 500
        image[60:460, x : x + 140] = 30
        return image

    assert not any(_verdicts(walking, 90))


def test_a_view_that_is_kept_for_long_becomes_the_usual_one() -> None:
    other = _room(6)
    verdicts = _verdicts(lambda s: other if s >= 30 else _ROOM, 700)
    assert _at(verdicts, 500)
    assert not _at(verdicts, 690)


def test_what_changes_slowly_is_followed() -> None:
    first, last = _ROOM[::4, ::4], _room(6)[::4, ::4]

    def fading(now_s: float) -> Image:
        share = min(1.0, now_s / 1500)
        return ((1 - share) * first + share * last).astype(np.uint8)

    assert not any(_verdicts(fading, 1600))
