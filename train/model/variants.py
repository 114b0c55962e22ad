"""Variants as published, as data: every figure of the study's table stands here, once."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Literal

from train.errors import TrainError

Selection = Literal["f1", "loss"]


@dataclass(frozen=True, slots=True)
class Reported:
    """Figures that the study reported for a variant, on its validation images."""

    best_epoch: int
    f1: float
    accuracy: float


@dataclass(frozen=True, slots=True)
class Variant:
    """Settings that one network is trained with.

    Attributes:
        name: As in the weights folder.
        network: The backbone.
        frozen: Whether the backbone keeps its start weights and only the head learns.
        head_dropout: Probability that the head drops a feature while learning.
        loss: Minimised.
        label_smoothing: Part of the target spread over both classes (cross-entropy only).
        focal_gamma: How much focal loss plays down easy crops (the study names no value; this is
            its authors', Lin et al., 2017).
        focal_alpha: Weight of Fall, class 0, against 1 - alpha of Not Fall; None weighs neither.
        optimiser: Which, with the library's defaults but for the learning rate.
        learning_rate: Start value, or the peak for ``onecycle``.
        schedule: ``onecycle`` steps with every batch, ``cosine`` with every epoch.
        mixup_alpha: Mixes pairs of crops with Beta(alpha, alpha); 0 does not.
        swa: Averages the weights of the last quarter of the epochs.
        ema: Decay per batch of a moving average of the weights, which is then evaluated and kept;
            0 keeps none. Not together with ``swa``.
        augment_share: Share of the crops that are turned, cut, greyed and blurred as rooms and
            cameras do (see `augment`).
        selection: What makes an epoch the best on the validation part: the highest ``f1`` of
            Fall, or the lowest ``loss``, which is steadier where recordings are few. The study's
            protocol always goes by F1.
        epochs: How many.
        batch_size: Crops per step.
        reported: The study's figures.
    """

    name: str
    network: Literal["resnet18", "efficientnet_b0"]
    frozen: bool
    head_dropout: float
    loss: Literal["cross-entropy", "focal"]
    optimiser: Literal["adam", "adamw"]
    learning_rate: float
    schedule: Literal["none", "onecycle", "cosine"]
    epochs: int
    reported: Reported
    batch_size: int = 16
    label_smoothing: float = 0.0
    focal_gamma: float = 2.0
    focal_alpha: float | None = None
    mixup_alpha: float = 0.0
    swa: bool = False
    ema: float = 0.0
    augment_share: float = 0.0
    selection: Selection = "f1"


VARIANTS = {
    variant.name: variant
    for variant in (
        Variant(
            name="resnet18-baseline",
            network="resnet18",
            frozen=True,
            head_dropout=0.0,
            loss="cross-entropy",
            optimiser="adam",
            learning_rate=1e-4,
            schedule="none",
            epochs=10,
            reported=Reported(best_epoch=8, f1=0.75, accuracy=0.82),
        ),
        Variant(
            name="efficientnet-b0-baseline",
            network="efficientnet_b0",
            frozen=True,
            head_dropout=0.0,
            loss="cross-entropy",
            optimiser="adam",
            learning_rate=1e-4,
            schedule="none",
            epochs=10,
            reported=Reported(best_epoch=9, f1=0.65, accuracy=0.78),
        ),
        Variant(
            name="resnet18-optimised",
            network="resnet18",
            frozen=False,
            head_dropout=0.5,
            loss="focal",
            optimiser="adamw",
            learning_rate=1e-5,
            schedule="onecycle",
            epochs=20,
            reported=Reported(best_epoch=11, f1=0.87, accuracy=0.89),
        ),
        Variant(
            name="efficientnet-b0-optimised",
            network="efficientnet_b0",
            frozen=False,
            head_dropout=0.0,
            loss="cross-entropy",
            label_smoothing=0.1,
            optimiser="adam",
            learning_rate=1e-5,
            schedule="cosine",
            mixup_alpha=0.4,
            swa=True,
            epochs=20,
            reported=Reported(best_epoch=19, f1=0.67, accuracy=0.81),
        ),
    )
}


#: The same variants with what holds them back changed. Only the differences stand here.
RECIPE = {
    # 1e-4 for 10 epochs leaves a fresh head far from converged; epochs cost nothing on
    # cached features.
    "resnet18-baseline": replace(
        VARIANTS["resnet18-baseline"], learning_rate=1e-3, schedule="cosine", epochs=60
    ),
    "efficientnet-b0-baseline": replace(
        VARIANTS["efficientnet-b0-baseline"], learning_rate=1e-3, schedule="cosine", epochs=60
    ),
    # 1e-5 barely moves the backbone. Crops as rooms and cameras make them, and a moving average of
    # the weights, carry across sources; but without plain crops among them the network loses what
    # clear images show. Fall is the rarer class in wards: its weight makes up for that.
    "resnet18-optimised": replace(
        VARIANTS["resnet18-optimised"],
        learning_rate=2e-4,
        focal_alpha=0.6,
        augment_share=0.5,
        ema=0.99,
        selection="loss",
    ),
    "efficientnet-b0-optimised": replace(
        VARIANTS["efficientnet-b0-optimised"],
        learning_rate=3e-4,
        epochs=10,
        augment_share=1.0,
        swa=False,
        ema=0.99,
        selection="loss",
    ),
}

Recipe = Literal["published", "fallwatch"]
RECIPES: dict[Recipe, dict[str, Variant]] = {"published": VARIANTS, "fallwatch": RECIPE}


def find_variant(name: str, recipe: Recipe = "published") -> Variant:
    """The variant of this name, as the study set it or by our recipe.

    Raises:
        TrainError: There is none.
    """
    if name not in VARIANTS:
        raise TrainError(f"There is no variant '{name}'. Known: {', '.join(VARIANTS)}.")
    return RECIPES[recipe][name]
