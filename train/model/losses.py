"""Focal loss for two classes; cross-entropy is torch's own."""

from __future__ import annotations

from collections.abc import Callable

import torch
from torch import Tensor
from torch.nn import functional

from train.classes import FALL
from train.model.variants import Variant

Loss = Callable[[Tensor, Tensor], Tensor]


def focal_loss(
    logits: Tensor, labels: Tensor, gamma: float = 2.0, alpha: float | None = None
) -> Tensor:
    """Softmax focal loss (Lin et al., 2017), mean over the batch.

    With ``gamma`` 0 and no ``alpha`` it is cross-entropy.

    Args:
        logits: (n, 2), columns Fall and Not Fall.
        labels: (n,) class numbers.
        gamma: How much crops count less that are already classified correctly.
        alpha: Weight of Fall; Not Fall weighs ``1 - alpha``. None weighs neither.
    """
    log_p = functional.log_softmax(logits, dim=1)
    log_p_true = log_p.gather(1, labels[:, None]).squeeze(1)
    loss = -((1.0 - log_p_true.exp()) ** gamma) * log_p_true
    if alpha is not None:
        loss = loss * torch.where(labels == FALL, alpha, 1.0 - alpha)
    return loss.mean()


def loss_of(variant: Variant) -> Loss:
    """The variant's loss. Cross-entropy also takes mixed targets of shape (n, 2)."""
    if variant.loss == "focal":
        return lambda logits, labels: focal_loss(
            logits, labels, variant.focal_gamma, variant.focal_alpha
        )
    return lambda logits, labels: functional.cross_entropy(
        logits, labels, label_smoothing=variant.label_smoothing
    )
