"""The loop: it learns, repeats itself, survives a kill, and avoids the known traps."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import torch
from lightning_fabric import Fabric

from tests.train.synthetic import SPEC, samples
from train import loop
from train.data.splits import split_samples
from train.errors import TrainError
from train.loop import EpochResult, Progress, TrainOutcome, train
from train.model import averaging
from train.model.checkpoint import CHECKPOINT_FILE
from train.model.variants import RECIPE, VARIANTS, Variant

SEED = 3


@pytest.fixture(scope="module")
def fabric() -> Fabric:
    fabric = Fabric(accelerator="cpu", devices=1)
    fabric.launch()
    return fabric


def _train(
    variant: Variant,
    fabric: Fabric,
    backbones: dict[str, str],
    *,
    folder: Path | None = None,
    resume: bool = False,
    cache_features: bool = True,
    fingerprint: str = "",
    progress: Progress | None = None,
    crops: int = 40,
) -> TrainOutcome:
    data = samples(crops, per_source=2)
    split = split_samples(data, "honest", SEED)
    return train(
        variant, data, split, SPEC, fabric, backbone=backbones[variant.network], seed=SEED,
        folder=folder, resume=resume, cache_features=cache_features, fingerprint=fingerprint,
        progress=progress,
    )  # fmt: skip


def _short(name: str, epochs: int = 2) -> Variant:
    return replace(VARIANTS[name], epochs=epochs)


def _same_weights(first: TrainOutcome, second: TrainOutcome) -> bool:
    theirs = second.network.state_dict()
    return all(torch.equal(v, theirs[k]) for k, v in first.network.state_dict().items())


@pytest.mark.parametrize("variant", [*VARIANTS.values(), *RECIPE.values()], ids=str)
def test_every_variant_trains_and_gives_finite_logits(
    variant: Variant, fabric: Fabric, backbones: dict[str, str]
) -> None:
    outcome = _train(replace(variant, epochs=1), fabric, backbones)
    assert [point.epoch for point in outcome.history] == [1]
    assert np.isfinite(outcome.history[0].train_loss)
    with torch.inference_mode():
        assert torch.isfinite(outcome.network(torch.zeros(1, 3, 48, 48))).all()
    assert not outcome.network.training


def test_it_learns_to_tell_lying_from_standing(fabric: Fabric, backbones: dict[str, str]) -> None:
    variant = replace(_short("resnet18-optimised", epochs=4), learning_rate=1e-3)
    outcome = _train(variant, fabric, backbones, crops=64)
    assert outcome.history[-1].train_loss < outcome.history[0].train_loss
    assert max(point.tune_f1 for point in outcome.history) > 0.9


def test_the_same_seed_gives_the_same_weights(fabric: Fabric, backbones: dict[str, str]) -> None:
    variant = _short("resnet18-optimised")
    first, second = (_train(variant, fabric, backbones) for _ in range(2))
    assert first.history == second.history
    assert _same_weights(first, second)


class _Killed(Exception):
    pass


@pytest.mark.parametrize("name", ["resnet18-optimised", "efficientnet-b0-optimised"])
def test_a_run_killed_in_the_middle_of_an_epoch_resumes_to_the_same_result(
    name: str,
    fabric: Fabric,
    backbones: dict[str, str],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    # Average from the first epoch on, so that a started average is resumed, too.
    monkeypatch.setattr(averaging, "SWA_START", 0.0)

    def kill(epoch: int, number: int, count: int, loss: float) -> None:
        if epoch == 3 and number == 2:
            raise _Killed

    variant = _short(name, epochs=3)
    whole = _train(variant, fabric, backbones)
    with pytest.raises(_Killed):
        _train(variant, fabric, backbones, folder=tmp_path, progress=Progress(on_batch=kill))
    resumed = _train(variant, fabric, backbones, folder=tmp_path, resume=True)
    assert resumed.history == whole.history
    assert resumed.best_epoch == whole.best_epoch
    assert _same_weights(whole, resumed)


def test_a_checkpoint_of_another_run_or_a_damaged_one_is_refused(
    fabric: Fabric, backbones: dict[str, str], tmp_path: Path
) -> None:
    variant = _short("resnet18-baseline", epochs=1)
    _train(variant, fabric, backbones, folder=tmp_path, fingerprint="one")
    with pytest.raises(TrainError, match="other settings or data"):
        _train(variant, fabric, backbones, folder=tmp_path, fingerprint="two", resume=True)
    (tmp_path / CHECKPOINT_FILE).write_bytes(b"half a file")
    with pytest.raises(TrainError, match="cannot be read"):
        _train(variant, fabric, backbones, folder=tmp_path, fingerprint="one", resume=True)


def test_cached_features_give_the_result_of_the_naive_loop(
    fabric: Fabric, backbones: dict[str, str]
) -> None:
    variant = _short("resnet18-baseline", epochs=3)
    cached = _train(variant, fabric, backbones)
    naive = _train(variant, fabric, backbones, cache_features=False)
    for a, b in zip(cached.history, naive.history, strict=True):
        assert a.train_loss == pytest.approx(b.train_loss, rel=1e-4)
        assert a.tune_f1 == b.tune_f1
    for name, value in cached.network.state_dict().items():
        torch.testing.assert_close(value, naive.network.state_dict()[name], rtol=1e-3, atol=1e-5)


def test_a_frozen_backbone_is_the_start_weights_after_training(
    fabric: Fabric, backbones: dict[str, str]
) -> None:
    from safetensors.torch import load_file

    given = load_file(backbones["resnet18"])
    outcome = _train(_short("resnet18-baseline"), fabric, backbones, cache_features=False)
    for name, value in outcome.network.backbone.state_dict().items():
        assert torch.equal(value, given[name]), name


def test_one_cycle_steps_with_every_batch_and_not_with_every_epoch(
    fabric: Fabric, backbones: dict[str, str], tmp_path: Path
) -> None:
    batches = []
    progress = Progress(on_batch=lambda epoch, number, count, loss: batches.append(number))
    variant = _short("resnet18-optimised")
    _train(variant, fabric, backbones, folder=tmp_path, progress=progress)
    state = torch.load(tmp_path / CHECKPOINT_FILE, weights_only=True)
    assert state["schedule"]["last_epoch"] == len(batches) == state["schedule"]["total_steps"]


def test_cosine_steps_once_an_epoch(
    fabric: Fabric, backbones: dict[str, str], tmp_path: Path
) -> None:
    _train(_short("efficientnet-b0-optimised"), fabric, backbones, folder=tmp_path)
    state = torch.load(tmp_path / CHECKPOINT_FILE, weights_only=True)
    assert state["schedule"]["last_epoch"] == 2
    assert state["optimiser"]["param_groups"][0]["lr"] == pytest.approx(0.0, abs=1e-12)


def test_the_first_epoch_with_the_highest_tuning_f1_is_kept(
    fabric: Fabric, backbones: dict[str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    f1s = iter([0.2, 0.8, 0.8, 0.5])

    def judge(*args: object) -> EpochResult:
        epoch = args[5]
        assert isinstance(epoch, int)
        return EpochResult(epoch, 0.0, 0.0, next(f1s), 0.0)

    monkeypatch.setattr(loop, "_judge", judge)
    assert _train(_short("resnet18-baseline", epochs=4), fabric, backbones).best_epoch == 2


def test_without_a_tuning_part_the_last_epoch_counts_on_the_whole_schedule(
    fabric: Fabric, backbones: dict[str, str], tmp_path: Path
) -> None:
    data = samples(40, per_source=2)
    split = split_samples(data, "honest", SEED)
    variant = _short("resnet18-optimised", epochs=3)

    def run(tune: np.ndarray, folder: Path, last_epoch: int | None = None) -> TrainOutcome:
        return train(
            variant, data, replace(split, tune=tune), SPEC, fabric,
            backbone=backbones[variant.network], seed=SEED, folder=folder, last_epoch=last_epoch,
        )  # fmt: skip

    whole = run(split.tune[:0], tmp_path)
    assert whole.best_epoch == 3
    assert {point.tune_f1 for point in whole.history} == {None}
    cut = run(split.tune[:0], tmp_path, last_epoch=2)
    assert cut.best_epoch == 2
    state = torch.load(tmp_path / CHECKPOINT_FILE, weights_only=True)
    assert state["schedule"]["last_epoch"] == state["schedule"]["total_steps"] * 2 / 3
    losses = [point.train_loss for point in run(split.tune, tmp_path).history]
    assert [point.train_loss for point in whole.history] == losses
    assert [point.train_loss for point in cut.history] == losses[:2]


def test_only_the_tuning_part_is_looked_at_while_learning(
    fabric: Fabric, backbones: dict[str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    split = split_samples(samples(40, per_source=2), "honest", SEED)
    seen: set[int] = set()
    batch = loop.CropInputs.batch

    def spy(self: loop.CropInputs, rows: np.ndarray, change: object = None) -> torch.Tensor:
        seen.update(int(row) for row in rows)
        return batch(self, rows)

    monkeypatch.setattr(loop.CropInputs, "batch", spy)
    _train(_short("resnet18-optimised", epochs=1), fabric, backbones)
    assert seen == set(split.train) | set(split.tune)
