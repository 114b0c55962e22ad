"""Inputs are the app's own, and cached features are those of the backbone."""

from __future__ import annotations

import numpy as np
import pytest
import torch

from fallwatch.classifiers.preprocessing import to_input
from fallwatch.core.types import Box, PersonCrop
from tests.train.synthetic import SPEC, samples
from train.data.inputs import CropInputs, FeatureInputs
from train.model.networks import build_network
from train.model.variants import VARIANTS

CROPS = samples(8).crops


def test_the_same_crop_gives_the_same_array_in_training_and_in_the_app() -> None:
    in_training = CropInputs(CROPS, SPEC).batch(np.array([3, 5])).numpy()
    in_app = to_input([PersonCrop(CROPS[i], Box(1, 2, 3, 4)) for i in (3, 5)], SPEC)
    np.testing.assert_array_equal(in_training, in_app)


def test_an_augmentation_is_applied_to_each_crop_and_leaves_the_originals() -> None:
    inputs = CropInputs(CROPS, SPEC)
    before = inputs.batch(np.array([2]))
    black = inputs.batch(np.array([2]), augmentation=np.zeros_like)
    torch.testing.assert_close(black, CropInputs(CROPS * 0, SPEC).batch(np.array([2])))
    assert torch.equal(inputs.batch(np.array([2])), before)
    assert not torch.equal(black, before)


def test_cached_features_are_the_backbones_and_cannot_be_augmented(
    backbones: dict[str, str],
) -> None:
    network = build_network(VARIANTS["resnet18-baseline"], backbones["resnet18"]).eval()
    crops = CropInputs(CROPS, SPEC)
    features = FeatureInputs(network, crops, np.array([1, 4, 6]), torch.device("cpu"))
    with torch.inference_mode():
        expected = network.backbone(crops.batch(np.array([6, 1])))
    torch.testing.assert_close(features.batch(np.array([6, 1])), expected)
    with pytest.raises(ValueError, match="cannot be augmented"):
        features.batch(np.array([1]), augmentation=np.zeros_like)
