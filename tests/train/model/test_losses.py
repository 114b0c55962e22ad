"""The focal loss's two traps: gamma 0 is cross-entropy, and alpha weighs Fall."""

from __future__ import annotations

import pytest
import torch
from torch.nn import functional

from train.classes import FALL, NOT_FALL
from train.model.losses import focal_loss, loss_of
from train.model.variants import VARIANTS

LOGITS = torch.tensor([[2.0, -1.0], [0.3, 0.1], [-4.0, 1.0], [0.0, 0.0]])
LABELS = torch.tensor([0, 1, 1, 0])


def test_focal_loss_with_gamma_zero_and_no_alpha_is_cross_entropy() -> None:
    expected = functional.cross_entropy(LOGITS, LABELS)
    torch.testing.assert_close(focal_loss(LOGITS, LABELS, gamma=0.0), expected)


@pytest.mark.parametrize(("label", "weight"), [(FALL, 0.8), (NOT_FALL, 0.2)])
def test_alpha_weighs_fall_and_the_rest_goes_to_not_fall(label: int, weight: float) -> None:
    labels = torch.full((4,), label)
    plain = focal_loss(LOGITS, labels)
    torch.testing.assert_close(focal_loss(LOGITS, labels, alpha=0.8), weight * plain)


def test_a_crop_classified_correctly_counts_less_than_in_cross_entropy() -> None:
    easy, hard = torch.tensor([[4.0, 0.0]]), torch.tensor([[0.0, 4.0]])
    label = torch.tensor([FALL])
    ratio = focal_loss(easy, label) / functional.cross_entropy(easy, label)
    assert ratio < 0.001
    assert focal_loss(hard, label) / functional.cross_entropy(hard, label) > 0.9


def test_label_smoothing_of_the_variant_is_applied() -> None:
    loss = loss_of(VARIANTS["efficientnet-b0-optimised"])
    expected = functional.cross_entropy(LOGITS, LABELS, label_smoothing=0.1)
    torch.testing.assert_close(loss(LOGITS, LABELS), expected)
