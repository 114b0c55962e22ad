"""What is wrong with a camera's images is told in words, one thing at a time."""

from __future__ import annotations

from collections.abc import Callable
from functools import cache

import numpy as np
import pytest

from fallwatch.core.types import Frame, Image
from fallwatch.pipeline.health.faults import CAMERA_BLOCKED, CAMERA_FROZEN, CAMERA_MOVED
from fallwatch.pipeline.health.image_check import ImageCheck

_ROOM = np.random.default_rng(3).integers(40, 200, (12, 16, 3)).repeat(20, 0).repeat(20, 1)
_OTHER = np.random.default_rng(4).integers(40, 200, (12, 16, 3)).repeat(20, 0).repeat(20, 1)


def _living(image: np.ndarray, number: int) -> Image:
    noise = np.random.default_rng(number).normal(0, 3, image.shape)
    return np.clip(image + noise, 0, 255).astype(np.uint8)


@cache
def _room(number: int) -> Image:
    return _living(_ROOM, number)


_DEAD = _room(0)


@pytest.mark.parametrize(
    ("image", "kind", "words"),
    [
        (lambda n: _DEAD, CAMERA_FROZEN, "hall has sent the same image for more than 18 seconds"),
        (lambda n: np.zeros_like(_DEAD), CAMERA_BLOCKED, "hall is too dark"),
        (lambda n: _living(_ROOM * 0 + 90, n), CAMERA_BLOCKED, "Check that nothing covers"),
        (lambda n: _living(_OTHER, n), CAMERA_MOVED, "hall looks somewhere else"),
    ],
)
def test_each_trouble_is_told_with_a_remedy_and_ends(
    image: Callable[[int], Image], kind: str, words: str
) -> None:
    watch = ImageCheck("hall")

    def show(make: Callable[[int], Image], first: int) -> None:
        for number in range(first, first + 80):
            watch.look(Frame("hall", number, number / 2, make(number)))

    show(_room, 0)
    assert watch.faults == ()
    show(image, 80)
    (trouble,) = watch.faults
    assert trouble.kind == kind
    assert words in str(trouble.message)
    show(_room, 160)
    assert watch.faults == ()


def test_frames_that_come_fast_are_not_all_looked_at(monkeypatch: pytest.MonkeyPatch) -> None:
    looked: list[float] = []
    watch = ImageCheck("hall")
    update = watch._frozen.update
    monkeypatch.setattr(
        watch._frozen, "update", lambda seen, now_s: (looked.append(now_s), update(seen, now_s))[1]
    )
    for number in range(300):
        watch.look(Frame("hall", number, number / 30, _DEAD))
    assert len(looked) == 20
