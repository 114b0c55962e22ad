"""One network of several runs: the mean of their weights.

Runs from the same start weights, each with another part of the recordings kept back, end close
enough to each other that the mean of their weights is a network too, and judges rooms that none
of them saw better than each alone ("Model soups", Wortsman et al., 2022). What a run kept back it
was tested on, so together they tell at which probability to say Fall in an unseen room.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from sklearn.metrics import precision_recall_curve
from torch import Tensor

from fallwatch.classifiers.preprocessing import InputSpec
from train.calibration import p_fall_of
from train.data import Samples, load_samples
from train.errors import UNREADABLE, TrainError
from train.export import Card, export
from train.inputs import CropInputs
from train.loop import infer
from train.metrics import Floats64, Labels, Metrics, measure
from train.networks import CropNetwork
from train.pictures import FALL
from train.run import BEST_FILE, REPORT_FILE
from train.ship import CHECK_CROPS, figures, spread
from train.variants import find_variant

#: What the runs must have in common; the manifest takes these from the first of them.
_SAME = ("variant", "recipe", "settings", "start_weights")
_TAKEN = (*_SAME, "data", "versions")
#: Settings in which the runs may differ.
_FREE_SETTINGS = ("test_fold",)


@dataclass(frozen=True, slots=True)
class Soup:
    """What came of it.

    Attributes:
        card: For the manifest.
        metrics: On what no run was trained on.
        parity: Largest difference of P(Fall) between torch and the exported network.
    """

    card: Card
    metrics: Metrics
    parity: float


def make_soup(runs: Sequence[Path], data: Sequence[Path], weights_dir: Path) -> Soup:
    """Average runs, test the result on what none of them was trained on, and export it.

    Args:
        runs: Folders with ``best.pt`` and ``report.json``, of the honest protocol.
        data: The sets with what every run kept back, such as a validation part.
        weights_dir: Where ``<variant>/`` goes.

    Raises:
        TrainError: The runs do not belong together, kept nothing back in common, or ``data`` is
            not what they were tested on.
    """
    reports = [_report(run) for run in runs]
    first = reports[0]
    _check_same(runs, reports)
    variant = find_variant(first["variant"], first["recipe"])
    spec = InputSpec()
    test = _kept_back_by_all(reports, data, spec)
    rows = np.arange(len(test))

    def judge(weights: Mapping[str, Tensor]) -> tuple[CropNetwork, NDArray[np.float32]]:
        network = CropNetwork(variant)
        network.load_state_dict(weights)
        inputs = CropInputs(test.crops, spec)
        return network.eval(), infer(network, inputs, rows, torch.device("cpu"))

    states = [_weights(run) for run in runs]
    network, logits = judge(mean_weights(states))
    temperature = _temperature(logits, [judge(state)[1] for state in states], reports)
    threshold = _threshold(reports)
    metrics = measure(test.labels, p_fall_of(logits, temperature), test.sources, threshold)
    card = Card(
        variant=variant.name,
        temperature=temperature,
        threshold=threshold,
        metrics={"protocol": "honest", "test": {"all": figures(metrics.as_dict())}},
        provenance={
            **{name: first[name] for name in _TAKEN},
            "mean_of": [
                {
                    "seed": report["seed"],
                    "test_fold": report["settings"].get("test_fold"),
                    "split": report["split"],
                    "test": {name: figures(of) for name, of in report["metrics"].items()},
                }
                for report in reports
            ],
        },
    )
    check_crops = test.crops[spread(rows, CHECK_CROPS)]
    return Soup(card, metrics, export(network, spec, card, check_crops, weights_dir))


def mean_weights(states: Sequence[Mapping[str, Tensor]]) -> dict[str, Tensor]:
    """The mean of each tensor, batch-norm statistics included; of counters the first one's."""
    return {
        name: torch.stack([state[name] for state in states]).mean(dim=0)
        if tensor.is_floating_point()
        else tensor
        for name, tensor in states[0].items()
    }


def best_threshold(p_fall: Floats64, labels: Labels) -> float:
    """The probability from which to say Fall, for the highest F1 of Fall."""
    precision, recall, thresholds = precision_recall_curve(labels == FALL, p_fall)
    sums = (precision + recall)[:-1]
    f1 = np.divide(2 * (precision * recall)[:-1], sums, out=np.zeros_like(sums), where=sums > 0)
    return float(thresholds[f1.argmax()])


def _report(run: Path) -> dict[str, Any]:
    path = run / REPORT_FILE
    try:
        report: dict[str, Any] = json.loads(path.read_text("utf-8"))
    except OSError as error:
        raise TrainError(
            f"{run} holds no finished run ({error.strerror}: {REPORT_FILE}). Give the folder of a "
            "protocol, such as runs/NAME/honest."
        ) from error
    except json.JSONDecodeError as error:
        raise TrainError(f"{path} is damaged ({error}). Run again.") from error
    return report


def _weights(run: Path) -> dict[str, Tensor]:
    path = run / BEST_FILE
    try:
        state: dict[str, Tensor] = torch.load(path, map_location="cpu", weights_only=True)
    except (OSError, *UNREADABLE) as error:
        raise TrainError(f"{path} cannot be read ({error}). Run again.") from error
    return state


def _check_same(runs: Sequence[Path], reports: Sequence[Mapping[str, Any]]) -> None:
    for run, report in zip(runs, reports, strict=True):
        if report["protocol"] != "honest":
            raise TrainError(f"{run} chose on what it was tested on. Give runs of 'honest'.")
        for name in _SAME:
            if _comparable(report[name]) != _comparable(reports[0][name]):
                raise TrainError(
                    f"{run} differs from {runs[0]} in {name.replace('_', ' ')}: the mean of their "
                    "weights would be no network. Give runs that differ in seed or fold only."
                )


def _comparable(value: Any) -> Any:
    if isinstance(value, dict):
        return {name: each for name, each in value.items() if name not in _FREE_SETTINGS}
    return value


def _kept_back(report: Mapping[str, Any]) -> set[str]:
    return {row["name"] for row in report["predictions"]}


def _temperature(
    logits: NDArray[np.float32],
    of_each: Sequence[NDArray[np.float32]],
    reports: Sequence[Mapping[str, Any]],
) -> float:
    """The runs' own, made smaller with the logits, in which what the runs disagree on cancels.

    So the mean is as sure as the runs on pictures they all kept back. Their labels play no part.
    """
    own = np.exp(np.mean([np.log(report["temperature"]) for report in reports]))
    return float(own * _spread_of(logits) / np.mean([_spread_of(each) for each in of_each]))


def _spread_of(logits: NDArray[np.float32]) -> float:
    return float(np.std(logits[:, FALL] - logits[:, 1 - FALL]))


def _threshold(reports: Sequence[Mapping[str, Any]]) -> float:
    """From what some runs kept back; what all kept back is for the test."""
    for_test = set.intersection(*map(_kept_back, reports))
    rows = [
        row for report in reports for row in report["predictions"] if row["name"] not in for_test
    ]
    if not rows:
        return float(np.mean([report["threshold"] for report in reports]))
    p_fall = np.array([row["p_fall"] for row in rows], dtype=np.float64)
    return best_threshold(p_fall, np.array([row["label"] for row in rows], dtype=np.int64))


def _kept_back_by_all(
    reports: Sequence[Mapping[str, Any]], data: Sequence[Path], spec: InputSpec
) -> Samples:
    names = set.intersection(*map(_kept_back, reports))
    if not names:
        raise TrainError(
            "There is no picture that every run kept back, so nothing to test their mean on. "
            "Train on a set that brings a validation part."
        )
    samples, _ = load_samples(data, spec)
    test = samples.take(_rows_of(samples.names, names))
    told = [(r["name"], r["label"]) for r in reports[0]["predictions"] if r["name"] in names]
    if sorted(told) != sorted(zip(test.names.tolist(), test.labels.tolist(), strict=True)):
        raise TrainError(
            f"{', '.join(str(path) for path in data)} is not what the runs were tested on. Give "
            "--data as it was given to them."
        )
    return test


def _rows_of(names: NDArray[np.str_], chosen: set[str]) -> NDArray[np.int64]:
    return np.flatnonzero(np.isin(names, sorted(chosen)))
