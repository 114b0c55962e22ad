"""Augmented crops keep shape and class, and the same random numbers give the same crop."""

from __future__ import annotations

import numpy as np
import torch

from tests.train.synthetic import body
from train.classes import FALL
from train.data.augment import augment, mix, random_augmentation


def test_a_changed_crop_has_the_same_shape_and_the_original_stays() -> None:
    crop = body(FALL, np.random.default_rng(0))
    kept = crop.copy()
    for seed in range(60):
        changed = augment(crop, np.random.default_rng(seed))
        assert changed.shape == crop.shape
        assert changed.dtype == np.uint8
        assert not np.array_equal(changed, crop)
    np.testing.assert_array_equal(crop, kept)


def test_the_same_random_numbers_give_the_same_crop() -> None:
    crop = body(FALL, np.random.default_rng(0))
    first, again = (augment(crop, np.random.default_rng(5)) for _ in range(2))
    np.testing.assert_array_equal(first, again)


def test_as_many_crops_are_changed_as_asked_for() -> None:
    crop = body(FALL, np.random.default_rng(0))
    for share, least, most in ((0.5, 80, 120), (1.0, 200, 200)):
        augmentation = random_augmentation(share, np.random.default_rng(3))
        changed = sum(not np.array_equal(augmentation(crop), crop) for _ in range(200))
        assert least <= changed <= most


def test_a_lying_body_still_lies_after_every_change() -> None:
    crop = np.zeros((96, 96, 3), dtype=np.uint8)
    crop[40:56, 8:88] = 255
    for seed in range(60):
        changed = augment(crop, np.random.default_rng(seed)).astype(float).mean(axis=2)
        bright = changed > (changed.min() + changed.max()) / 2
        # Padding at a cut-off side is brighter than the ground: look at the middle.
        middle = bright[24:72, 24:72]
        if middle.any():
            rows, columns = np.nonzero(middle)
            assert np.ptp(columns) >= np.ptp(rows)


def test_mixup_mixes_targets_as_it_mixes_crops() -> None:
    torch.manual_seed(0)
    crops = torch.stack([torch.zeros(3, 8, 8), torch.ones(3, 8, 8)])
    mixed, targets = mix(crops, torch.tensor([0, 1]), alpha=0.4)
    torch.testing.assert_close(targets.sum(dim=1), torch.ones(2))
    # A crop's grey is its share of the white crop, whose class is 1.
    torch.testing.assert_close(mixed.mean(dim=(1, 2, 3)), targets[:, 1])
