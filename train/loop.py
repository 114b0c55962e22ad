"""Training loop, to be read from top to bottom: each step in the order in which it is taken.

Lightning Fabric brings it to the device, to lower precision and to several processes.
"""

from __future__ import annotations

import copy
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any, cast

import numpy as np
import torch
from lightning_fabric import Fabric
from numpy.typing import NDArray
from torch import Tensor, nn

from fallwatch.classifiers.preprocessing import InputSpec
from train.data.augment import mix, random_augmentation
from train.data.batches import batch_count, batches, seed_epoch
from train.data.inputs import CropInputs, FeatureInputs, Inputs
from train.data.samples import Samples
from train.data.splits import Rows, Split
from train.model.averaging import averaged_network, averages_at, start_average
from train.model.checkpoint import Checkpoint
from train.model.losses import loss_of
from train.model.networks import CropNetwork, build_network
from train.model.optimiser import optimiser_of, schedule_of
from train.model.variants import Selection
from train.options import TrainOptions
from train.score.calibration import p_fall_of
from train.score.learning_curve import EpochResult
from train.score.metrics import fall_f1

Logits = NDArray[np.float32]
State = dict[str, Any]

_EVALUATION_BATCH = 32


@dataclass(frozen=True, slots=True)
class BestEpoch:
    """The best epoch so far.

    Attributes:
        epoch: From 1.
        score: By which epochs are compared; higher is better.
        weights: Of the module that learns, on the CPU.
    """

    epoch: int
    score: float
    weights: dict[str, Tensor]


@dataclass(slots=True)
class TrainOutcome:
    """Result of a training.

    Attributes:
        network: The best epoch's, in eval mode on the CPU.
        best_epoch: From 1; the first with the highest score on the validation part, or the last
            one if that part is empty.
        history: The learning curve.
    """

    network: CropNetwork
    best_epoch: int
    history: list[EpochResult]


@dataclass(frozen=True, slots=True)
class Progress:
    """Callbacks by which a training can be watched; by default it is silent.

    Attributes:
        on_batch: Called with epoch, batch (both from 1), number of batches, running loss.
        on_epoch: Called with each point of the learning curve.
    """

    on_batch: Callable[[int, int, int, float], None] = lambda *_: None
    on_epoch: Callable[[EpochResult], None] = lambda *_: None


class Trainer:
    """One training of a variant, from its start weights to the best epoch's network.

    The random numbers of an epoch depend on seed and epoch alone: a training that is resumed ends
    with the weights of an uninterrupted one.

    Args:
        options: Variant, start weights, random seed, whether to resume, and whether a frozen
            backbone's features are cached.
        samples: All crops.
        split: Which of them are trained on (``train``), and which choose the best epoch (``val``).
            If ``val`` is empty, nothing is chosen: the last epoch counts.
        spec: The network's input.
        fabric: Device, precision and processes; already launched.
        progress: Callbacks.

    Raises:
        TrainError: The start weights cannot be used.
    """

    def __init__(
        self,
        options: TrainOptions,
        samples: Samples,
        split: Split,
        spec: InputSpec,
        fabric: Fabric,
        progress: Progress | None = None,
    ) -> None:
        self._variant = options.variant
        self._seed = options.seed
        self._resume = options.resume
        self._split = split
        self._labels = samples.labels
        self._fabric = fabric
        self._progress = progress or Progress()
        self._history: list[EpochResult] = []
        self._best: BestEpoch | None = None

        torch.manual_seed(options.seed)
        self._network = build_network(self._variant, options.backbone)
        self._module: nn.Module = self._network
        self._inputs: Inputs = CropInputs(samples.crops, spec)
        if options.cache_features and self._variant.frozen and not self._variant.augment_share:
            # Only the head learns, on features that are computed once.
            rows = np.union1d(split.train, split.val)
            self._inputs = FeatureInputs(self._network, self._inputs, rows, fabric.device)
            self._module = self._network.head
        self._batch_count = batch_count(
            len(split.train), self._variant.batch_size, fabric.world_size
        )
        optimiser = optimiser_of(self._variant, self._module)
        self._schedule = schedule_of(self._variant, optimiser, self._batch_count)
        # The same module, as Fabric runs it.
        self._wrapped, self._optimiser = fabric.setup(self._module, optimiser)
        self._average = start_average(self._variant, self._module)

    def fit(
        self,
        *,
        selection: Selection = "f1",
        last_epoch: int | None = None,
        checkpoint: Checkpoint | None = None,
    ) -> TrainOutcome:
        """Train; call it once.

        Args:
            selection: What makes an epoch the best, see `variants.Variant`.
            last_epoch: Stop after this one, on a schedule as long as for all epochs.
            checkpoint: Written after each epoch, and resumed from if that is asked for; None
                writes none.

        Raises:
            TrainError: The checkpoint cannot be used.
        """
        first = self._restore(checkpoint) if self._resume and checkpoint else 1
        for epoch in range(first, (last_epoch or self._variant.epochs) + 1):
            seed_epoch(self._seed, epoch, self._fabric.global_rank)
            train_loss = self._train_epoch(epoch)
            evaluated = self._evaluated_module(epoch)
            point = self._evaluate(evaluated, epoch, train_loss)
            self._history.append(point)
            self._keep_best(evaluated, point, selection)
            if checkpoint and self._fabric.is_global_zero:
                checkpoint.save(self._state(epoch))
            self._progress.on_epoch(point)

        if self._best is None:
            raise ValueError("there was no epoch to train")
        self._module.load_state_dict(self._best.weights)
        return TrainOutcome(self._network.cpu().eval(), self._best.epoch, self._history)

    def _train_epoch(self, epoch: int) -> float:
        """One pass over the training part; returns the mean loss."""
        self._wrapped.train()
        total = 0.0
        for number, rows in enumerate(self._batches(epoch), start=1):
            loss = self._train_batch(rows, epoch, number)
            total += _mean_over_processes(self._fabric, loss)
            self._progress.on_batch(epoch, number, self._batch_count, total / number)
        if self._variant.schedule == "cosine" and self._schedule:
            self._schedule.step()
        return total / self._batch_count

    def _batches(self, epoch: int) -> Iterator[Rows]:
        fabric = self._fabric
        return batches(
            self._split.train, self._variant.batch_size, self._seed, epoch,
            fabric.global_rank, fabric.world_size,
        )  # fmt: skip

    def _train_batch(self, rows: Rows, epoch: int, number: int) -> Tensor:
        """One step of the optimiser; returns the loss of this process's share."""
        variant, device = self._variant, self._fabric.device
        rng = np.random.default_rng([self._seed, epoch, number, self._fabric.global_rank])
        share = variant.augment_share
        augmentation = random_augmentation(share, rng) if share else None
        crops = self._inputs.batch(rows, augmentation).to(device)
        targets = torch.from_numpy(self._labels[rows]).to(device)
        if variant.mixup_alpha > 0:
            crops, targets = mix(crops, targets, variant.mixup_alpha)
        loss = loss_of(variant)(self._wrapped(crops).float(), targets)
        self._optimiser.zero_grad()
        self._fabric.backward(loss)
        self._optimiser.step()
        if variant.ema and self._average:
            self._average.update_parameters(self._module)
        if variant.schedule == "onecycle" and self._schedule:
            self._schedule.step()
        return loss

    def _evaluated_module(self, epoch: int) -> nn.Module:
        """The trained module or, once there is one, its average."""
        if self._average is not None and self._variant.ema:
            moving: nn.Module = self._average.module
            return moving
        if self._average is None or not averages_at(epoch, self._variant.epochs):
            return self._module
        self._average.update_parameters(self._module)
        unmixed: Iterator[Tensor] = (
            self._inputs.batch(rows).to(self._fabric.device)
            for rows in batches(self._split.train, _EVALUATION_BATCH, self._seed, epoch)
        )
        # On a copy: measuring must not disturb the average that later epochs go into.
        return averaged_network(copy.deepcopy(self._average), unmixed)

    def _evaluate(self, module: nn.Module, epoch: int, train_loss: float) -> EpochResult:
        rows = self._split.val
        if not len(rows):
            return EpochResult(epoch, train_loss)
        logits = infer(module, self._inputs, rows, self._fabric.device)
        truth = self._labels[rows]
        p_fall = p_fall_of(logits)
        loss = nn.functional.cross_entropy(torch.from_numpy(logits), torch.from_numpy(truth))
        return EpochResult(
            epoch=epoch,
            train_loss=train_loss,
            val_loss=float(loss),
            val_f1=fall_f1(truth, p_fall),
            val_accuracy=float(((p_fall >= 0.5) == (truth == 0)).mean()),
        )

    def _keep_best(self, module: nn.Module, point: EpochResult, selection: Selection) -> None:
        score = point.score(selection)
        if self._best is None or score > self._best.score:
            weights = {name: value.cpu().clone() for name, value in module.state_dict().items()}
            self._best = BestEpoch(point.epoch, score, weights)

    def _state(self, epoch: int) -> State:
        """All that the next epoch depends on; its random numbers depend on seed and epoch alone.

        The names are those of the first checkpoints, which must stay readable.
        """
        best = self._best
        return {
            "epoch": epoch,
            "module": self._module.state_dict(),
            "optimiser": self._optimiser.state_dict(),
            "schedule": self._schedule.state_dict() if self._schedule else None,
            "average": self._average.state_dict() if self._average else None,
            "history": [point.to_stored() for point in self._history],
            "best": {"epoch": best.epoch, "merit": best.score, "weights": best.weights}
            if best
            else {},
        }

    def _restore(self, checkpoint: Checkpoint) -> int:
        """Take over a checkpoint's state; returns the epoch to go on with."""
        state = checkpoint.load()
        if state is None:
            return 1
        self._module.load_state_dict(state["module"])
        self._optimiser.load_state_dict(state["optimiser"])
        if self._schedule:
            self._schedule.load_state_dict(state["schedule"])
        if self._average:
            self._average.load_state_dict(state["average"])
        self._history = [EpochResult.from_stored(point) for point in state["history"]]
        best = state["best"]
        self._best = BestEpoch(best["epoch"], best["merit"], best["weights"])
        return int(state["epoch"]) + 1


def infer(module: nn.Module, inputs: Inputs, rows: Rows, device: torch.device) -> Logits:
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


def _mean_over_processes(fabric: Fabric, loss: Tensor) -> float:
    # Typed for nested containers, too; a tensor gives a tensor.
    return cast(Tensor, fabric.all_reduce(loss.detach(), reduce_op="mean")).item()
