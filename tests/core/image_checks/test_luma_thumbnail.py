"""What is kept of an image has one shape, whatever the camera sends."""

from __future__ import annotations

import numpy as np
import pytest

from fallwatch.core.image_checks.luma_thumbnail import sight


@pytest.mark.parametrize("shape", [(480, 640), (1080, 1920), (1, 1), (7, 5), (640, 360)])
def test_every_size_gives_the_same_shape(shape: tuple[int, int]) -> None:
    seen = sight(np.full((*shape, 3), 77, np.uint8))
    assert seen.grain.shape == (96, 128)
    assert seen.blocks.shape == (24, 32)
    assert seen.blocks.min() == seen.blocks.max() == 77


def test_another_size_of_the_same_view_is_the_same_view() -> None:
    small = np.random.default_rng(0).integers(0, 255, (24, 32, 3)).repeat(10, 0).repeat(10, 1)
    large = small.repeat(2, 0).repeat(2, 1)
    differs = np.abs(sight(small.astype(np.uint8)).blocks - sight(large.astype(np.uint8)).blocks)
    assert np.median(differs) < 1
