"""A frozen image is told from a room in which nothing happens."""

from __future__ import annotations

import io
from collections.abc import Callable, Iterable
from fractions import Fraction
from functools import cache

import av
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from fallwatch.core.image_checks.frozen import FROZEN_AFTER_S, FrozenImage
from fallwatch.core.image_checks.luma_thumbnail import LumaThumbnail, sight
from fallwatch.core.types import Image

_FPS = 2.0
_ROOM = np.random.default_rng(3).integers(40, 200, (12, 16, 3)).repeat(20, 0).repeat(20, 1)


def _room(noise: float, seed: int) -> Image:
    grain = np.random.default_rng(seed).normal(0, noise, _ROOM.shape) if noise else 0
    return np.clip(_ROOM + grain, 0, 255).astype(np.uint8)


@cache
def _seen(noise: float, seed: int) -> LumaThumbnail:
    return sight(_room(noise, seed))


def _with_clock(image: Image, number: int) -> Image:
    """A clock at the top, as many cameras write one."""
    image = image.copy()
    image[4:24, 10:150] = np.random.default_rng(number).integers(0, 255, (20, 140, 1))
    return image


def _verdicts(images: Iterable[Image], fps: float = _FPS) -> list[bool]:
    frozen = FrozenImage()
    return [frozen.update(sight(image), number / fps) for number, image in enumerate(images)]


def _first(verdicts: list[bool], fps: float = _FPS) -> float | None:
    return verdicts.index(True) / fps if True in verdicts else None


@pytest.mark.parametrize("image", [lambda n: _room(0, 0), lambda n: _with_clock(_room(0, 0), n)])
def test_the_same_image_is_frozen_within_thirty_seconds_also_under_a_running_clock(
    image: Callable[[int], Image],
) -> None:
    first = _first(_verdicts(image(number) for number in range(80)))
    assert first is not None
    assert FROZEN_AFTER_S <= first < 30


def test_a_still_room_with_a_little_noise_is_not_frozen() -> None:
    assert not any(_verdicts(_room(0.7, number) for number in range(120)))


def test_an_encoder_that_repeats_itself_between_whole_images_is_not_frozen() -> None:
    # A whole image every ten seconds, and exact copies of it in between.
    assert not any(_verdicts(_room(0.7, number // 20) for number in range(240)))


def test_a_frozen_room_is_frozen_also_when_the_encoder_makes_several_images_of_it() -> None:
    states = [_room(0.7, seed) for seed in range(4)]
    first = _first(_verdicts(states[number % 4] for number in range(120)))
    assert first is not None
    assert first < 30


def test_somebody_who_moves_a_hand_in_a_room_without_noise_keeps_it_alive() -> None:
    def moving(number: int) -> Image:
        image = _room(0, 0)
        image[100:160, 100 + number % 60 : 140 + number % 60] = 255
        return image

    assert not any(_verdicts(moving(number) for number in range(120)))


def test_it_ends_with_new_images_and_not_with_a_single_one() -> None:
    still = [_room(0, 0)] * 60
    verdicts = _verdicts([*still, _room(3, 1), *still, *(_room(3, seed) for seed in range(9))])
    assert verdicts[59]
    assert all(verdicts[60:120])
    assert not verdicts[-1]


def test_images_that_come_too_rarely_say_nothing() -> None:
    assert not any(_verdicts([_room(0, 0)] * 40, fps=0.5)[:14])
    assert not any(_verdicts([_room(0, 0)] * 40, fps=0.1))


@pytest.mark.parametrize(("noise", "expected"), [(0.0, True), (1.0, False)])
def test_what_a_real_encoder_makes_of_it_is_told_apart(noise: float, expected: bool) -> None:
    images = (_room(noise, number) for number in range(5 * 45))
    verdicts = _verdicts(_through_h264(images, fps=5)[::2], fps=2.5)
    assert any(verdicts) is expected


def _through_h264(images: Iterable[Image], fps: int) -> list[Image]:
    """Encode as a cheap camera does, and decode again."""
    buffer = io.BytesIO()
    with av.open(buffer, "w", format="mpegts") as out:
        stream = out.add_stream("libx264", rate=Fraction(fps))
        stream.width, stream.height, stream.pix_fmt = 320, 240, "yuv420p"
        stream.gop_size, stream.bit_rate = 10 * fps, 200_000
        stream.options = {"preset": "veryfast", "tune": "zerolatency"}
        for image in images:
            out.mux(stream.encode(av.VideoFrame.from_ndarray(image, format="bgr24")))
        out.mux(stream.encode())
    buffer.seek(0)
    with av.open(buffer) as container:
        return [frame.to_ndarray(format="bgr24") for frame in container.decode(video=0)]


@settings(max_examples=25, deadline=None)
@given(fps=st.floats(1.0, 4.0), gaps=st.sets(st.integers(0, 119), max_size=30))
def test_neither_the_rate_nor_dropped_frames_change_the_verdict(fps: float, gaps: set[int]) -> None:
    for image, expected in ((lambda n: _seen(0, 0), True), (lambda n: _seen(2, n), False)):
        frozen = FrozenImage()
        verdicts = [
            frozen.update(image(number), number / fps)
            for number in range(round(45 * fps))
            if number not in gaps or number % 3
        ]
        assert any(verdicts) is expected
