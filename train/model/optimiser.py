"""Optimiser and learning-rate schedule of a variant."""

from __future__ import annotations

from torch import nn
from torch.optim import Adam, AdamW, Optimizer
from torch.optim.lr_scheduler import CosineAnnealingLR, LRScheduler, OneCycleLR

from train.model.variants import Variant


def optimiser_of(variant: Variant, module: nn.Module) -> Optimizer:
    """The variant's optimiser of all parameters that learn."""
    learning = [parameter for parameter in module.parameters() if parameter.requires_grad]
    make = AdamW if variant.optimiser == "adamw" else Adam
    return make(learning, lr=variant.learning_rate)


def schedule_of(
    variant: Variant, optimiser: Optimizer, batches_per_epoch: int
) -> LRScheduler | None:
    """The variant's schedule; None if the rate stays as it is.

    ``onecycle`` is to be stepped after every batch, ``cosine`` after every epoch.
    """
    if variant.schedule == "onecycle":
        steps = variant.epochs * batches_per_epoch
        return OneCycleLR(optimiser, variant.learning_rate, total_steps=steps)
    if variant.schedule == "cosine":
        return CosineAnnealingLR(optimiser, variant.epochs)
    return None
