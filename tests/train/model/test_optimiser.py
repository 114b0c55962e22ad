"""Only what learns is optimised, on the variant's schedule."""

from __future__ import annotations

from dataclasses import replace

import pytest
from torch import nn
from torch.optim import Adam, AdamW
from torch.optim.lr_scheduler import CosineAnnealingLR, OneCycleLR

from train.model.optimiser import optimiser_of, schedule_of
from train.model.variants import VARIANTS

VARIANT = VARIANTS["resnet18-baseline"]


def test_frozen_parameters_are_left_to_themselves() -> None:
    module = nn.Sequential(nn.Linear(2, 3).requires_grad_(False), nn.Linear(3, 1))
    (group,) = optimiser_of(VARIANT, module).param_groups
    assert [tuple(parameter.shape) for parameter in group["params"]] == [(1, 3), (1,)]
    assert group["lr"] == VARIANT.learning_rate


@pytest.mark.parametrize(("name", "kind"), [("adam", Adam), ("adamw", AdamW)])
def test_the_optimiser_is_the_variants(name: str, kind: type) -> None:
    variant = replace(VARIANT, optimiser=name)  # type: ignore[arg-type]
    assert type(optimiser_of(variant, nn.Linear(1, 1))) is kind


@pytest.mark.parametrize(
    ("name", "kind"),
    [("none", type(None)), ("onecycle", OneCycleLR), ("cosine", CosineAnnealingLR)],
)
def test_the_schedule_is_the_variants(name: str, kind: type) -> None:
    variant = replace(VARIANT, schedule=name)  # type: ignore[arg-type]
    optimiser = optimiser_of(variant, nn.Linear(1, 1))
    assert type(schedule_of(variant, optimiser, 7)) is kind
