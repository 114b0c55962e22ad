"""A run: what the tuning part chose is trained once more on both parts, and that is tested."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import torch
from lightning_fabric import Fabric

from fallwatch.classifiers.preprocessing import InputSpec
from tests.train.synthetic import write_yolo_set
from train.data.inputs import CropInputs
from train.loop import EpochResult, Progress, infer, train
from train.machine import make_fabric
from train.model.variants import VARIANTS
from train.run import Finished, TrainJob, execute

# The loss on the tuning part falls from epoch to epoch, so that the last is the best.
VARIANT = replace(VARIANTS["resnet18-baseline"], epochs=3, learning_rate=1e-4, selection="loss")


@pytest.fixture(scope="module")
def fabric() -> Fabric:
    return make_fabric("cpu", "32")


@pytest.fixture(scope="module")
def job(tmp_path_factory: pytest.TempPathFactory, backbones: dict[str, str]) -> TrainJob:
    data = write_yolo_set(tmp_path_factory.mktemp("data") / "made", count=14)
    return TrainJob(VARIANT, "fallwatch", (data,), "honest", backbones["resnet18"])


@pytest.fixture(scope="module")
def refitted(job: TrainJob, fabric: Fabric, tmp_path_factory: pytest.TempPathFactory) -> Finished:
    return execute(job, fabric, tmp_path_factory.mktemp("refitted"))


def _p_falls(run: Finished) -> list[float]:
    return [row["p_fall"] for row in run.report["predictions"]]


def test_the_tested_network_has_learnt_from_both_parts_for_as_many_epochs_as_were_best(
    refitted: Finished, job: TrainJob, fabric: Fabric
) -> None:
    split = refitted.split
    assert refitted.chosen.best_epoch == 3
    again = train(
        job.variant, refitted.samples, replace(split, train=split.refit, tune=split.refit[:0]),
        InputSpec(), fabric, backbone=job.backbone, seed=job.seed, last_epoch=3,
    )  # fmt: skip
    for name, value in refitted.network.state_dict().items():
        assert torch.equal(value, again.network.state_dict()[name]), name
    inputs = CropInputs(refitted.samples.crops, refitted.spec)
    logits = infer(refitted.network, inputs, split.test, torch.device("cpu"))
    called = logits[:, 0] - logits[:, 1]
    assert np.argsort(called).tolist() == np.argsort(_p_falls(refitted)).tolist()


def test_training_once_more_changes_neither_what_was_chosen_nor_the_test_part(
    refitted: Finished, job: TrainJob, fabric: Fabric, tmp_path: Path
) -> None:
    plain = execute(replace(job, refit=False), fabric, tmp_path)
    for name in ("history", "best_epoch", "temperature", "threshold"):
        assert plain.report[name] == refitted.report[name]
    np.testing.assert_array_equal(plain.split.test, refitted.split.test)
    assert _p_falls(plain) != _p_falls(refitted)
    assert plain.network is plain.chosen.network
    assert "refit" not in plain.report["split"]
    assert refitted.report["split"]["refit"]["crops"] == len(refitted.split.refit)


def _kill_when(due: Callable[[EpochResult], bool]) -> Progress:
    def on_epoch(point: EpochResult) -> None:
        if due(point):
            raise KeyboardInterrupt

    return Progress(on_epoch=on_epoch)


@pytest.mark.parametrize("refitting", [False, True], ids=["choosing", "once more"])
def test_a_run_killed_in_either_training_resumes_to_the_same_report(
    refitting: bool, refitted: Finished, job: TrainJob, fabric: Fabric, tmp_path: Path
) -> None:
    kill = _kill_when(lambda point: point.epoch == 2 and (point.tune_f1 is None) is refitting)
    with pytest.raises(KeyboardInterrupt):
        execute(job, fabric, tmp_path, progress=kill)
    trained: list[EpochResult] = []
    resumed = execute(
        job, fabric, tmp_path, resume=True, progress=Progress(on_epoch=trained.append)
    )
    assert resumed.report == refitted.report
    assert json.loads((tmp_path / "report.json").read_text())["threshold"] == resumed.threshold
    # What was finished is not trained anew.
    assert len(trained) == (1 if refitting else 1 + 3)
