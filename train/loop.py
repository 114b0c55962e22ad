"""The training loop. Read it from top to bottom: what is done, in the order in which it is done.

Lightning Fabric carries it to the device, to lower precision and to several processes.
"""

from __future__ import annotations

import copy
from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any, cast

import numpy as np
import torch
from lightning_fabric import Fabric
from numpy.typing import NDArray
from torch import Tensor, nn
from torch.optim.swa_utils import AveragedModel

from fallwatch.classifiers.preprocessing import InputSpec
from train.data.augment import changes, mix
from train.data.batches import batch_count, batches, seed_epoch
from train.data.inputs import CropInputs, FeatureInputs, Inputs
from train.data.samples import Samples
from train.data.splits import Split
from train.model.averaging import averaged_network, averages_at, start_average
from train.model.checkpoint import load_checkpoint, save_checkpoint
from train.model.losses import loss_of
from train.model.networks import CropNetwork, build_network
from train.model.variants import Selection, Variant
from train.score.calibration import p_fall_of
from train.score.metrics import fall_f1

Logits = NDArray[np.float32]
State = dict[str, Any]

_EVALUATION_BATCH = 32


@dataclass(frozen=True, slots=True)
class EpochResult:
    """One point of the learning curve.

    Attributes:
        epoch: From 1.
        train_loss: Mean over the epoch's batches.
        tune_loss: Cross-entropy on the tuning part; None, like what follows, where there is none.
        tune_f1: F1 of Fall there, at threshold 0.5.
        tune_accuracy: Accuracy there.
    """

    epoch: int
    train_loss: float
    tune_loss: float | None
    tune_f1: float | None
    tune_accuracy: float | None


@dataclass(slots=True)
class TrainOutcome:
    """What a run gives.

    Attributes:
        network: The best epoch's, in eval mode on the CPU.
        best_epoch: From 1; the first that the selection likes best on the tuning part, or the
            last where there is no tuning part.
        history: The learning curve.
    """

    network: CropNetwork
    best_epoch: int
    history: list[EpochResult]


@dataclass(frozen=True, slots=True)
class Progress:
    """How the loop tells what it is doing; by default it is silent.

    Attributes:
        on_batch: Called with epoch, batch (both from 1), number of batches, running loss.
        on_epoch: Called with each point of the learning curve.
    """

    on_batch: Callable[[int, int, int, float], None] = lambda *_: None
    on_epoch: Callable[[EpochResult], None] = lambda *_: None


@dataclass(slots=True)
class _Learner:
    """All that changes while learning; ``wrapped`` is ``module`` as Fabric runs it."""

    module: nn.Module
    wrapped: nn.Module
    optimiser: torch.optim.Optimizer
    schedule: torch.optim.lr_scheduler.LRScheduler | None
    average: AveragedModel | None
    history: list[EpochResult] = field(default_factory=list)
    best: State = field(default_factory=dict)


def train(
    variant: Variant,
    samples: Samples,
    split: Split,
    spec: InputSpec,
    fabric: Fabric,
    *,
    backbone: str,
    seed: int,
    folder: Path | None = None,
    fingerprint: str = "",
    resume: bool = False,
    cache_features: bool = True,
    selection: Selection = "f1",
    last_epoch: int | None = None,
    progress: Progress | None = None,
) -> TrainOutcome:
    """Train one variant.

    Args:
        variant: What to train, and how.
        samples: All crops.
        split: Which of them are trained on, and which choose the best epoch. With an empty
            tuning part nothing is chosen: the last epoch counts.
        spec: The network's input.
        fabric: Device, precision and processes; already launched.
        backbone: Start weights, see `networks.build_network`.
        seed: Decides the head's start, the order of crops, dropout and mixing.
        folder: Where checkpoints go; None writes none.
        fingerprint: Of settings and data, to tell whether a checkpoint belongs to them.
        resume: Go on from the checkpoint in ``folder``, if there is one.
        cache_features: Compute a frozen backbone's features once and not in every epoch.
        selection: What makes an epoch the best, see `variants.Variant`.
        last_epoch: Stop after this one, on a schedule that is as long as ever.
        progress: Who is told.

    Raises:
        TrainError: Start weights or checkpoint cannot be used.
    """
    progress = progress or Progress()
    torch.manual_seed(seed)
    network = build_network(variant, backbone)
    labels = torch.from_numpy(samples.labels)
    cache_features &= network.frozen and not variant.world
    module, inputs = _what_learns(network, samples, split, spec, fabric.device, cache_features)
    steps = batch_count(len(split.train), variant.batch_size, fabric.world_size)
    learner = _start(variant, module, fabric, steps)
    first = _restore(learner, folder, fingerprint) if resume and folder else 1

    for epoch in range(first, (last_epoch or variant.epochs) + 1):
        seed_epoch(seed, epoch, fabric.global_rank)
        train_loss = _train_epoch(
            variant, learner, inputs, labels, split, fabric, seed, epoch, progress
        )
        judged = _judged_module(variant, learner, inputs, split, fabric, seed, epoch)
        point = _judge(judged, inputs, samples, split, fabric, epoch, train_loss)
        learner.history.append(point)
        merit = _merit(point, selection)
        if not learner.best or merit > learner.best["merit"]:
            weights = {name: value.cpu().clone() for name, value in judged.state_dict().items()}
            learner.best = {"epoch": epoch, "merit": merit, "weights": weights}
        if folder and fabric.is_global_zero:
            save_checkpoint(folder, _state(learner, epoch, fingerprint))
        progress.on_epoch(point)

    module.load_state_dict(learner.best["weights"])
    return TrainOutcome(network.cpu().eval(), learner.best["epoch"], learner.history)


def infer(
    module: nn.Module, inputs: Inputs, rows: NDArray[np.int64], device: torch.device
) -> Logits:
    """Logits (n, 2) float32 in eval mode and full precision."""
    was_training = module.training
    module.eval()
    with torch.inference_mode():
        parts = [
            module(inputs.batch(rows[i : i + _EVALUATION_BATCH]).to(device)).float().cpu()
            for i in range(0, len(rows), _EVALUATION_BATCH)
        ]
    module.train(was_training)
    return np.asarray(torch.cat(parts).numpy(), dtype=np.float32)


def _what_learns(
    network: CropNetwork,
    samples: Samples,
    split: Split,
    spec: InputSpec,
    device: torch.device,
    cache_features: bool,
) -> tuple[nn.Module, Inputs]:
    """The whole network on crops, or only the head on cached features."""
    crops = CropInputs(samples.crops, spec)
    if not cache_features:
        return network, crops
    rows = np.union1d(split.train, split.tune)
    return network.head, FeatureInputs(network, crops, rows, device)


def _start(variant: Variant, module: nn.Module, fabric: Fabric, steps: int) -> _Learner:
    learning = [parameter for parameter in module.parameters() if parameter.requires_grad]
    make = torch.optim.AdamW if variant.optimiser == "adamw" else torch.optim.Adam
    optimiser = make(learning, lr=variant.learning_rate)
    schedule: torch.optim.lr_scheduler.LRScheduler | None = None
    if variant.schedule == "onecycle":
        schedule = torch.optim.lr_scheduler.OneCycleLR(
            optimiser, variant.learning_rate, total_steps=variant.epochs * steps
        )
    elif variant.schedule == "cosine":
        schedule = torch.optim.lr_scheduler.CosineAnnealingLR(optimiser, variant.epochs)
    wrapped, wrapped_optimiser = fabric.setup(module, optimiser)
    average = start_average(variant, module)
    return _Learner(module, wrapped, wrapped_optimiser, schedule, average)


def _train_epoch(
    variant: Variant,
    learner: _Learner,
    inputs: Inputs,
    labels: Tensor,
    split: Split,
    fabric: Fabric,
    seed: int,
    epoch: int,
    progress: Progress,
) -> float:
    """One pass over the training part; returns the mean loss."""
    loss_function = loss_of(variant)
    count = batch_count(len(split.train), variant.batch_size, fabric.world_size)
    order = batches(
        split.train, variant.batch_size, seed, epoch, fabric.global_rank, fabric.world_size
    )
    learner.wrapped.train()
    total = 0.0
    for number, rows in enumerate(order, start=1):
        chance = np.random.default_rng([seed, epoch, number, fabric.global_rank])
        change = changes(variant.world, chance) if variant.world else None
        crops = inputs.batch(rows, change).to(fabric.device)
        targets = labels[rows].to(fabric.device)
        if variant.mixup_alpha > 0:
            crops, targets = mix(crops, targets, variant.mixup_alpha)
        loss = loss_function(learner.wrapped(crops).float(), targets)
        learner.optimiser.zero_grad()
        fabric.backward(loss)
        learner.optimiser.step()
        if variant.ema and learner.average:
            learner.average.update_parameters(learner.module)
        if variant.schedule == "onecycle" and learner.schedule:
            learner.schedule.step()
        total += _mean_over_processes(fabric, loss)
        progress.on_batch(epoch, number, count, total / number)
    if variant.schedule == "cosine" and learner.schedule:
        learner.schedule.step()
    return total / count


def _mean_over_processes(fabric: Fabric, loss: Tensor) -> float:
    # Typed for nested containers, too; a tensor gives a tensor.
    return cast(Tensor, fabric.all_reduce(loss.detach(), reduce_op="mean")).item()


def _judged_module(
    variant: Variant,
    learner: _Learner,
    inputs: Inputs,
    split: Split,
    fabric: Fabric,
    seed: int,
    epoch: int,
) -> nn.Module:
    """What is evaluated after this epoch: the module itself, or an average once there is one."""
    own = learner.module
    if learner.average is not None and variant.ema:
        moving: nn.Module = learner.average.module
        return moving
    if learner.average is None or not averages_at(epoch, variant.epochs):
        return own
    learner.average.update_parameters(own)
    unmixed: Iterator[Tensor] = (
        inputs.batch(rows).to(fabric.device)
        for rows in batches(split.train, _EVALUATION_BATCH, seed, epoch)
    )
    # On a copy: measuring must not disturb the average that later epochs go into.
    return averaged_network(copy.deepcopy(learner.average), unmixed)


def _judge(
    judged: nn.Module,
    inputs: Inputs,
    samples: Samples,
    split: Split,
    fabric: Fabric,
    epoch: int,
    train_loss: float,
) -> EpochResult:
    if not len(split.tune):
        return EpochResult(epoch, train_loss, None, None, None)
    logits = infer(judged, inputs, split.tune, fabric.device)
    truth = samples.labels[split.tune]
    p_fall = p_fall_of(logits)
    tune_loss = nn.functional.cross_entropy(torch.from_numpy(logits), torch.from_numpy(truth))
    return EpochResult(
        epoch=epoch,
        train_loss=train_loss,
        tune_loss=float(tune_loss),
        tune_f1=fall_f1(truth, p_fall),
        tune_accuracy=float(((p_fall >= 0.5) == (truth == 0)).mean()),
    )


def _merit(point: EpochResult, selection: Selection) -> float:
    """The epoch with the highest is kept; without a tuning part, the latest."""
    if point.tune_f1 is None or point.tune_loss is None:
        return point.epoch
    return point.tune_f1 if selection == "f1" else -point.tune_loss


def _state(learner: _Learner, epoch: int, fingerprint: str) -> State:
    """All that the next epoch depends on; its random numbers depend on seed and epoch alone."""
    return {
        "fingerprint": fingerprint,
        "epoch": epoch,
        "module": learner.module.state_dict(),
        "optimiser": learner.optimiser.state_dict(),
        "schedule": learner.schedule.state_dict() if learner.schedule else None,
        "average": learner.average.state_dict() if learner.average else None,
        "history": [asdict(point) for point in learner.history],
        "best": learner.best,
    }


def _restore(learner: _Learner, folder: Path, fingerprint: str) -> int:
    """Take up a checkpoint's state; returns the epoch to go on with."""
    state = load_checkpoint(folder, fingerprint)
    if state is None:
        return 1
    learner.module.load_state_dict(state["module"])
    learner.optimiser.load_state_dict(state["optimiser"])
    if learner.schedule:
        learner.schedule.load_state_dict(state["schedule"])
    if learner.average:
        learner.average.load_state_dict(state["average"])
    learner.history = [EpochResult(**point) for point in state["history"]]
    learner.best = state["best"]
    return int(state["epoch"]) + 1
