"""The loop: it learns, repeats itself, survives a kill, and avoids the known traps."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from lightning_fabric import Fabric
from safetensors.torch import load_file
from torch import nn

from tests.train.synthetic import SPEC, samples
from train import loop
from train.data.splits import split_samples
from train.loop import Progress, Trainer, TrainOutcome
from train.model import averaging
from train.model.checkpoint import CHECKPOINT_FILE, Checkpoint
from train.model.variants import VARIANTS
from train.options import Recipes, TrainOptions
from train.score.learning_curve import EpochResult

SEED = 3


@pytest.fixture(scope="module")
def fabric() -> Fabric:
    fabric = Fabric(accelerator="cpu", devices=1)
    fabric.launch()
    return fabric


@pytest.fixture
def options(backbones: dict[str, str]) -> Callable[..., TrainOptions]:
    """Options of a variant, by name, with others given by keyword."""

    def make(name: str, epochs: int = 2, **given: Any) -> TrainOptions:
        backbone = backbones[VARIANTS[name].network]
        return TrainOptions(name, [], epochs=epochs, backbone=backbone, seed=SEED, **given)

    return make


def _trainer(
    options: TrainOptions,
    fabric: Fabric,
    progress: Progress | None = None,
    crops: int = 40,
    **parts: np.ndarray,
) -> Trainer:
    data = samples(crops, per_source=2)
    split = replace(split_samples(data, "honest", SEED), **parts)
    return Trainer(options, data, split, SPEC, fabric, progress)


def _same_weights(first: TrainOutcome, second: TrainOutcome) -> bool:
    theirs = second.network.state_dict()
    return all(torch.equal(v, theirs[k]) for k, v in first.network.state_dict().items())


@pytest.mark.parametrize("recipe", Recipes)
@pytest.mark.parametrize("name", VARIANTS)
def test_every_variant_trains_and_gives_finite_logits(
    name: str, recipe: Recipes, fabric: Fabric, options: Callable[..., TrainOptions]
) -> None:
    outcome = _trainer(options(name, epochs=1, recipe=recipe), fabric).fit()
    assert [point.epoch for point in outcome.history] == [1]
    assert np.isfinite(outcome.history[0].train_loss)
    with torch.inference_mode():
        assert torch.isfinite(outcome.network(torch.zeros(1, 3, 48, 48))).all()
    assert not outcome.network.training


def test_it_learns_to_distinguish_lying_from_standing(
    fabric: Fabric, options: Callable[..., TrainOptions]
) -> None:
    given = options("resnet18-optimised", epochs=4, lr=1e-3)
    outcome = _trainer(given, fabric, crops=64).fit()
    assert outcome.history[-1].train_loss < outcome.history[0].train_loss
    assert max(point.val_f1 for point in outcome.history if point.val_f1 is not None) > 0.9


def test_the_same_seed_gives_the_same_weights(
    fabric: Fabric, options: Callable[..., TrainOptions]
) -> None:
    given = options("resnet18-optimised")
    first, second = (_trainer(given, fabric).fit() for _ in range(2))
    assert first.history == second.history
    assert _same_weights(first, second)


class _Killed(Exception):
    pass


@pytest.mark.parametrize("name", ["resnet18-optimised", "efficientnet-b0-optimised"])
def test_a_run_killed_in_the_middle_of_an_epoch_resumes_to_the_same_result(
    name: str,
    fabric: Fabric,
    options: Callable[..., TrainOptions],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    # Average from the first epoch on, so that a started average is resumed, too.
    monkeypatch.setattr(averaging, "SWA_START", 0.0)

    def kill(epoch: int, number: int, count: int, loss: float) -> None:
        if epoch == 3 and number == 2:
            raise _Killed

    checkpoint = Checkpoint(tmp_path)
    whole = _trainer(options(name, epochs=3), fabric).fit()
    with pytest.raises(_Killed):
        _trainer(options(name, epochs=3), fabric, Progress(on_batch=kill)).fit(
            checkpoint=checkpoint
        )
    resumed = _trainer(options(name, epochs=3, resume=True), fabric).fit(checkpoint=checkpoint)
    assert resumed.history == whole.history
    assert resumed.best_epoch == whole.best_epoch
    assert _same_weights(whole, resumed)


def test_a_checkpoint_is_taken_up_only_if_that_is_asked_for(
    fabric: Fabric, options: Callable[..., TrainOptions], tmp_path: Path
) -> None:
    checkpoint = Checkpoint(tmp_path)
    _trainer(options("resnet18-baseline", epochs=1), fabric).fit(checkpoint=checkpoint)
    for resume, trained in ((True, [2, 3]), (False, [1, 2, 3])):
        epochs: list[int] = []
        progress = Progress(on_epoch=lambda point, epochs=epochs: epochs.append(point.epoch))
        _trainer(options("resnet18-baseline", epochs=3, resume=resume), fabric, progress).fit(
            checkpoint=checkpoint if resume else None
        )
        assert epochs == trained


def test_a_checkpoint_has_the_names_of_the_first_ones(
    fabric: Fabric, options: Callable[..., TrainOptions], tmp_path: Path
) -> None:
    _trainer(options("resnet18-baseline", epochs=1), fabric).fit(
        checkpoint=Checkpoint(tmp_path, "of this run")
    )
    state = torch.load(tmp_path / CHECKPOINT_FILE, weights_only=True)
    assert list(state) == [
        "fingerprint", "epoch", "module", "optimiser", "schedule", "average", "history", "best",
    ]  # fmt: skip
    assert state["fingerprint"] == "of this run"
    assert list(state["best"]) == ["epoch", "merit", "weights"]
    assert list(state["history"][0]) == [
        "epoch", "train_loss", "tune_loss", "tune_f1", "tune_accuracy",
    ]  # fmt: skip


def test_cached_features_give_the_result_of_the_naive_loop(
    fabric: Fabric, options: Callable[..., TrainOptions]
) -> None:
    cached, naive = (
        _trainer(options("resnet18-baseline", epochs=3, cache_features=cache), fabric).fit()
        for cache in (True, False)
    )
    for a, b in zip(cached.history, naive.history, strict=True):
        assert a.train_loss == pytest.approx(b.train_loss, rel=1e-4)
        assert a.val_f1 == b.val_f1
    for name, value in cached.network.state_dict().items():
        torch.testing.assert_close(value, naive.network.state_dict()[name], rtol=1e-3, atol=1e-5)


def test_a_frozen_backbone_is_the_start_weights_after_training(
    fabric: Fabric, options: Callable[..., TrainOptions], backbones: dict[str, str]
) -> None:
    given = load_file(backbones["resnet18"])
    outcome = _trainer(options("resnet18-baseline", cache_features=False), fabric).fit()
    for name, value in outcome.network.backbone.state_dict().items():
        assert torch.equal(value, given[name]), name


def test_one_cycle_steps_with_every_batch_and_not_with_every_epoch(
    fabric: Fabric, options: Callable[..., TrainOptions], tmp_path: Path
) -> None:
    batches = []
    progress = Progress(on_batch=lambda epoch, number, count, loss: batches.append(number))
    given = options("resnet18-optimised")
    _trainer(given, fabric, progress).fit(checkpoint=Checkpoint(tmp_path))
    state = torch.load(tmp_path / CHECKPOINT_FILE, weights_only=True)
    assert state["schedule"]["last_epoch"] == len(batches) == state["schedule"]["total_steps"]


def test_cosine_steps_once_an_epoch(
    fabric: Fabric, options: Callable[..., TrainOptions], tmp_path: Path
) -> None:
    given = options("efficientnet-b0-optimised")
    _trainer(given, fabric).fit(checkpoint=Checkpoint(tmp_path))
    state = torch.load(tmp_path / CHECKPOINT_FILE, weights_only=True)
    assert state["schedule"]["last_epoch"] == 2
    assert state["optimiser"]["param_groups"][0]["lr"] == pytest.approx(0.0, abs=1e-12)


def test_the_first_epoch_with_the_highest_f1_on_the_validation_part_is_kept(
    fabric: Fabric, options: Callable[..., TrainOptions], monkeypatch: pytest.MonkeyPatch
) -> None:
    f1s = iter([0.2, 0.8, 0.8, 0.5])

    def evaluate(trainer: Trainer, module: nn.Module, epoch: int, train_loss: float) -> EpochResult:
        return EpochResult(epoch, 0.0, 0.0, next(f1s), 0.0)

    monkeypatch.setattr(Trainer, "_evaluate", evaluate)
    assert _trainer(options("resnet18-baseline", epochs=4), fabric).fit().best_epoch == 2


def test_without_a_validation_part_the_last_epoch_counts_on_the_whole_schedule(
    fabric: Fabric, options: Callable[..., TrainOptions], tmp_path: Path
) -> None:
    given = options("resnet18-optimised", epochs=3)
    nothing = np.array([], dtype=np.int64)
    checkpoint = Checkpoint(tmp_path)
    whole = _trainer(given, fabric, val=nothing).fit(checkpoint=checkpoint)
    assert whole.best_epoch == 3
    assert {point.val_f1 for point in whole.history} == {None}
    cut = _trainer(given, fabric, val=nothing).fit(last_epoch=2, checkpoint=checkpoint)
    assert cut.best_epoch == 2
    state = torch.load(tmp_path / CHECKPOINT_FILE, weights_only=True)
    assert state["schedule"]["last_epoch"] == state["schedule"]["total_steps"] * 2 / 3
    losses = [point.train_loss for point in _trainer(given, fabric).fit().history]
    assert [point.train_loss for point in whole.history] == losses
    assert [point.train_loss for point in cut.history] == losses[:2]


def test_only_the_validation_part_is_looked_at_while_learning(
    fabric: Fabric, options: Callable[..., TrainOptions], monkeypatch: pytest.MonkeyPatch
) -> None:
    split = split_samples(samples(40, per_source=2), "honest", SEED)
    seen: set[int] = set()
    batch = loop.CropInputs.batch

    def spy(self: loop.CropInputs, rows: np.ndarray, augmentation: object = None) -> torch.Tensor:
        seen.update(int(row) for row in rows)
        return batch(self, rows)

    monkeypatch.setattr(loop.CropInputs, "batch", spy)
    _trainer(options("resnet18-optimised", epochs=1), fabric).fit()
    assert seen == set(split.train) | set(split.val)
