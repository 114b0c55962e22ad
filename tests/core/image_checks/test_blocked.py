"""An image in which nothing can be seen is told from a dim or plain room."""

from __future__ import annotations

import numpy as np
import pytest

from fallwatch.core.image_checks.blocked import Blindness, BlockedImage, blindness
from fallwatch.core.image_checks.luma_thumbnail import sight
from fallwatch.core.types import Image

_ROOM = np.random.default_rng(3).integers(40, 200, (12, 16, 3)).repeat(20, 0).repeat(20, 1)


def _noisy(image: np.ndarray, seed: int = 0) -> Image:
    noise = np.random.default_rng(seed).normal(0, 4, image.shape)
    return np.clip(image + noise, 0, 255).astype(np.uint8)


@pytest.mark.parametrize(
    ("image", "why"),
    [
        (_ROOM, None),
        (_ROOM * 0.4, None),
        (_ROOM * 0.05, Blindness.DARK),
        (_ROOM * 0, Blindness.DARK),
        (_ROOM * 0 + 90, Blindness.COVERED),
        (_ROOM * 0 + 250, Blindness.COVERED),
    ],
)
def test_why_nothing_is_seen(image: np.ndarray, why: Blindness | None) -> None:
    assert blindness(sight(_noisy(image))) is why


def test_a_lamp_in_the_dark_does_not_make_a_room_visible() -> None:
    image = np.zeros((240, 320, 3))
    image[20:40, 20:40] = 255
    assert blindness(sight(_noisy(image))) is Blindness.DARK


def test_who_walks_past_the_lens_does_not_block_it_and_a_cover_does() -> None:
    blocked = BlockedImage()
    covered, room = sight(_noisy(_ROOM * 0 + 90)), sight(_noisy(_ROOM))
    told = []
    for number in range(80):
        now_s = number / 2
        seen = covered if 4 <= now_s < 10 or 20 <= now_s < 35 else room
        told.append((now_s, blocked.update(seen, now_s)))
    assert [now_s for now_s, why in told if why] == [30 + half / 2 for half in range(16)]


def test_a_light_that_flickers_does_not_make_the_alarm_flap() -> None:
    blocked = BlockedImage()
    dark, room = sight(_noisy(_ROOM * 0.05)), sight(_noisy(_ROOM))
    for number in range(40):
        blocked.update(dark, number / 2)
    told = [
        blocked.update(room if number % 4 == 0 else dark, 20 + number / 2) for number in range(80)
    ]
    assert set(told) == {Blindness.DARK}


def test_between_dark_and_light_it_stays_what_it_was() -> None:
    between = sight((np.full((240, 320, 3), 32) * np.linspace(0, 1, 320)[:, None]).astype(np.uint8))
    assert blindness(between, already=False) is None
    assert blindness(between, already=True) is Blindness.DARK
