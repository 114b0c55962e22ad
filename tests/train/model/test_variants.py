"""The study's table stands in the variants, figure by figure."""

from __future__ import annotations

import pytest

from train.errors import TrainError
from train.model.variants import RECIPES, VARIANTS, find_variant

# name: network, frozen, dropout, loss, smoothing, optimiser, lr, schedule, mixup, swa, epochs,
# best epoch, F1, accuracy
STUDY = {
    "resnet18-baseline": (
        "resnet18", True, 0.0, "cross-entropy", 0.0, "adam", 1e-4, "none", 0.0, False, 10,
        8, 0.75, 0.82,
    ),
    "efficientnet-b0-baseline": (
        "efficientnet_b0", True, 0.0, "cross-entropy", 0.0, "adam", 1e-4, "none", 0.0, False, 10,
        9, 0.65, 0.78,
    ),
    "resnet18-optimised": (
        "resnet18", False, 0.5, "focal", 0.0, "adamw", 1e-5, "onecycle", 0.0, False, 20,
        11, 0.87, 0.89,
    ),
    "efficientnet-b0-optimised": (
        "efficientnet_b0", False, 0.0, "cross-entropy", 0.1, "adam", 1e-5, "cosine", 0.4, True, 20,
        19, 0.67, 0.81,
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", VARIANTS)
def test_a_variant_is_as_the_study_set_it(name: str) -> None:
    v = VARIANTS[name]
    assert STUDY[name] == (
        v.network, v.frozen, v.head_dropout, v.loss, v.label_smoothing, v.optimiser,
        v.learning_rate, v.schedule, v.mixup_alpha, v.swa, v.epochs,
        v.reported.best_epoch, v.reported.f1, v.reported.accuracy,
    )  # fmt: skip
    assert v.batch_size == 16
    assert not v.augment_share


def test_every_recipe_has_every_variant_with_the_same_network() -> None:
    for variants in RECIPES.values():
        assert list(variants) == list(VARIANTS)
        assert all(variants[name].network == VARIANTS[name].network for name in VARIANTS)


def test_an_unknown_variant_is_named_with_the_known_ones() -> None:
    with pytest.raises(TrainError, match=r"no variant 'resnet50'.*resnet18-baseline"):
        find_variant("resnet50")
