"""A run: what the validation part chose is trained once more on both parts, and that is tested."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import torch
from lightning_fabric import Fabric

from fallwatch.classifiers.preprocessing import InputSpec
from tests.train.synthetic import write_yolo_set
from train.data.inputs import CropInputs
from train.loop import Progress, Trainer, infer
from train.machine import make_fabric
from train.model.variants import RECIPE, VARIANTS
from train.options import Recipes, TrainOptions
from train.run import Finished, execute
from train.score.learning_curve import EpochResult

# The loss on the validation part falls from epoch to epoch, so that the last is the best.
VARIANT = replace(VARIANTS["resnet18-baseline"], epochs=3, learning_rate=1e-4, selection="loss")


@pytest.fixture(scope="module", autouse=True)
def recipe() -> Iterator[None]:
    """The variant above in place of the recipe's."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setitem(RECIPE, VARIANT.name, VARIANT)
        yield


@pytest.fixture(scope="module")
def fabric() -> Fabric:
    return make_fabric("cpu", "32")


@pytest.fixture(scope="module")
def options(tmp_path_factory: pytest.TempPathFactory, backbones: dict[str, str]) -> TrainOptions:
    data = write_yolo_set(tmp_path_factory.mktemp("data") / "made", count=14)
    return TrainOptions(
        VARIANT.name, [data], recipe=Recipes.FALLWATCH, backbone=backbones["resnet18"]
    )


@pytest.fixture(scope="module")
def refitted(
    options: TrainOptions, fabric: Fabric, tmp_path_factory: pytest.TempPathFactory
) -> Finished:
    return execute(options, "honest", fabric, tmp_path_factory.mktemp("refitted"))


def _p_falls(run: Finished) -> list[float]:
    return [row["p_fall"] for row in run.report["predictions"]]


def test_the_tested_network_has_learnt_from_both_parts_for_as_many_epochs_as_were_best(
    refitted: Finished, options: TrainOptions, fabric: Fabric
) -> None:
    run = refitted.run
    assert refitted.chosen.best_epoch == 3
    both = replace(run.split, train=run.split.refit, val=run.split.refit[:0])
    again = Trainer(options, run.samples, both, InputSpec(), fabric).fit(last_epoch=3)
    for name, value in refitted.network.state_dict().items():
        assert torch.equal(value, again.network.state_dict()[name]), name
    inputs = CropInputs(run.samples.crops, run.spec)
    logits = infer(refitted.network, inputs, run.split.test, torch.device("cpu"))
    called = logits[:, 0] - logits[:, 1]
    assert np.argsort(called).tolist() == np.argsort(_p_falls(refitted)).tolist()


def test_training_once_more_changes_neither_what_was_chosen_nor_the_test_part(
    refitted: Finished, options: TrainOptions, fabric: Fabric, tmp_path: Path
) -> None:
    plain = execute(replace(options, refit=False), "honest", fabric, tmp_path)
    for name in ("history", "best_epoch", "temperature", "threshold"):
        assert plain.report[name] == refitted.report[name]
    np.testing.assert_array_equal(plain.run.split.test, refitted.run.split.test)
    assert _p_falls(plain) != _p_falls(refitted)
    assert plain.network is plain.chosen.network
    assert "refit" not in plain.report["split"]
    assert refitted.report["split"]["refit"]["crops"] == len(refitted.run.split.refit)


def _kill_when(due: Callable[[EpochResult], bool]) -> Progress:
    def on_epoch(point: EpochResult) -> None:
        if due(point):
            raise KeyboardInterrupt

    return Progress(on_epoch=on_epoch)


@pytest.mark.parametrize("refitting", [False, True], ids=["choosing", "once more"])
def test_a_run_killed_in_either_training_resumes_to_the_same_report(
    refitting: bool, refitted: Finished, options: TrainOptions, fabric: Fabric, tmp_path: Path
) -> None:
    kill = _kill_when(lambda point: point.epoch == 2 and (point.val_f1 is None) is refitting)
    with pytest.raises(KeyboardInterrupt):
        execute(options, "honest", fabric, tmp_path, progress=kill)
    trained: list[EpochResult] = []
    resumed = execute(
        replace(options, resume=True), "honest", fabric, tmp_path,
        progress=Progress(on_epoch=trained.append),
    )  # fmt: skip
    assert resumed.report == refitted.report
    assert json.loads((tmp_path / "report.json").read_text())["threshold"] == resumed.threshold
    # What was finished is not trained again.
    assert len(trained) == (1 if refitting else 1 + 3)


def test_the_report_has_the_names_of_the_first_ones(refitted: Finished) -> None:
    report = refitted.report
    assert list(report) == [
        "format", "variant", "recipe", "protocol", "seed", "settings", "reported", "data",
        "start_weights", "versions", "split", "leaked_scenes", "history", "best_epoch",
        "temperature", "threshold", "ece_before_temperature", "metrics", "predictions",
    ]  # fmt: skip
    assert list(report["data"]) == [
        "licences", "pictures", "duplicates", "frames_of_held_out_clips",
        "pictures_of_held_out_views",
    ]  # fmt: skip
    assert list(report["split"]) == ["train", "tune", "test", "refit"]
    assert set(report["history"][0]) >= {"tune_loss", "tune_f1", "tune_accuracy"}


def test_the_study_protocol_chooses_by_f1_whatever_the_variant_says(
    refitted: Finished, options: TrainOptions
) -> None:
    assert options.variant.selection == refitted.run.selection == "loss"
    study = replace(refitted.run, protocol="study")
    assert study.selection == "f1"
    assert not study.refits
