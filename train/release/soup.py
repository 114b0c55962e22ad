"""One network of several runs: the mean of their weights.

Runs from the same start weights, each with another part of the recordings kept back, end close
enough to each other that the mean of their weights is a network too, and does better in rooms that
none of them saw than each alone ("Model soups", Wortsman et al., 2022). Each run was tested on what
it kept back, so together they show how sure of Fall to be in an unseen room.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn

from fallwatch.classifiers.preprocessing import InputSpec
from train.classes import FALL
from train.data.inputs import CropInputs
from train.data.samples import Samples, load_samples
from train.errors import UNREADABLE, TrainError
from train.loop import infer
from train.model.networks import CropNetwork
from train.model.variants import Variant, find_variant
from train.release.export import Card, export
from train.release.package import CHECK_CROPS, evenly_spaced, figures
from train.report.pages import Report, read_report
from train.run import BEST_FILE, REPORT_FILE
from train.score.calibration import calibrated, f1_threshold, fit_log_odds, p_fall_of
from train.score.metrics import Floats64, Labels, Metrics, measure

#: What the runs must have in common; the manifest takes these from the first of them.
_SAME = ("variant", "recipe", "settings", "start_weights")
_TAKEN = (*_SAME, "data", "versions")
#: Settings in which the runs may differ.
_FREE_SETTINGS = ("test_fold",)


@dataclass(frozen=True, slots=True)
class Soup:
    """A mean of runs after its export.

    Attributes:
        card: For the manifest.
        metrics: Measured on what no run was trained on.
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
        TrainError: The runs do not belong together, kept nothing back in common or nothing of
            their own, or ``data`` is not what they were tested on.
    """
    reports = [_report(run) for run in runs]
    _check_same(runs, reports)
    spec = InputSpec()
    test = _kept_back_by_all(reports, data, spec)
    network, temperature, threshold = _calibrated_mean(runs, reports, test, spec)
    p_fall = p_fall_of(_logits(network, test, spec), temperature)
    metrics = measure(test.labels, p_fall, test.sources, threshold)
    card = Card(
        variant=reports[0]["variant"],
        temperature=temperature,
        threshold=threshold,
        metrics={"protocol": "honest", "test": {"all": figures(metrics.as_dict())}},
        provenance=_provenance(reports),
    )
    check_crops = test.crops[evenly_spaced(np.arange(len(test)), CHECK_CROPS)]
    return Soup(card, metrics, export(network, spec, card, check_crops, weights_dir))


def _calibrated_mean(
    runs: Sequence[Path], reports: Sequence[Mapping[str, Any]], test: Samples, spec: InputSpec
) -> tuple[CropNetwork, float, float]:
    """The mean network, its temperature and its threshold; the labels of ``test`` play no part."""
    p_fall, labels, counts = _kept_back_by_some(reports)
    slope, shift = fit_log_odds(p_fall, labels, counts)
    if slope <= 0:
        raise TrainError(
            "What the runs say of the recordings they kept back is no better than chance, so their "
            "mean would not be either. Train for longer or on more data."
        )
    variant = find_variant(reports[0]["variant"], reports[0]["recipe"])
    states = [_weights(run) for run in runs]
    margins = [
        _margin(_logits(_network(variant, state), test, spec)) / report["temperature"]
        for state, report in zip(states, reports, strict=True)
    ]
    network = _network(variant, mean_weights(states))
    margin = _margin(_logits(network, test, spec))
    temperature, fall_shift = _match_log_odds(margins, margin, slope, shift)
    _shift_fall_logit(network, fall_shift)
    return network, temperature, f1_threshold(calibrated(p_fall, slope, shift), labels)


def _network(variant: Variant, weights: Mapping[str, Tensor]) -> CropNetwork:
    network = CropNetwork(variant)
    network.load_state_dict(weights)
    return network.eval()


def _logits(network: CropNetwork, samples: Samples, spec: InputSpec) -> NDArray[np.float32]:
    inputs = CropInputs(samples.crops, spec)
    return infer(network, inputs, np.arange(len(samples)), torch.device("cpu"))


def _provenance(reports: Sequence[Mapping[str, Any]]) -> dict[str, Any]:
    return {
        **{name: reports[0][name] for name in _TAKEN},
        "mean_of": [
            {
                "seed": report["seed"],
                "test_fold": report["settings"].get("test_fold"),
                "split": report["split"],
                "test": {name: figures(of) for name, of in report["metrics"].items()},
            }
            for report in reports
        ],
    }


def mean_weights(states: Sequence[Mapping[str, Tensor]]) -> dict[str, Tensor]:
    """The mean of each tensor, batch-norm statistics included; of counters the first one's."""
    return {
        name: torch.stack([state[name] for state in states]).mean(dim=0)
        if tensor.is_floating_point()
        else tensor
        for name, tensor in states[0].items()
    }


def _report(run: Path) -> Report:
    try:
        return read_report(run / REPORT_FILE)
    except OSError as error:
        raise TrainError(
            f"{run} holds no finished run ({error.strerror}: {REPORT_FILE}). Give the folder of a "
            "protocol, such as runs/NAME/honest."
        ) from error


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


def _names_kept_back_by_all(reports: Sequence[Mapping[str, Any]]) -> set[str]:
    return set.intersection(*({row["name"] for row in each["predictions"]} for each in reports))


def _margin(logits: NDArray[np.float32]) -> Floats64:
    """Log-odds of Fall, not calibrated."""
    margin: Floats64 = (logits[:, FALL] - logits[:, 1 - FALL]).astype(np.float64)
    return margin


def _match_log_odds(
    runs: Sequence[Floats64], mean: Floats64, slope: float, shift: float
) -> tuple[float, float]:
    """Temperature and shift that make the mean network as sure of Fall as the calibrated runs.

    In the mean of the weights much cancels on which the runs disagree: it says less, and another
    amount less of either class. So its log-odds are brought to the runs' average and spread on
    images that all kept back. Their labels play no part.

    Args:
        runs: Log-odds of each run, (n,), its temperature applied.
        mean: The mean network's, (n,).
        slope: To apply to the runs' log-odds.
        shift: To add then.

    Returns:
        Temperature, and what to add to the logit of Fall before it.
    """
    spread_of_runs = float(np.mean([each.std() for each in runs]))
    temperature = float(mean.std()) / (slope * spread_of_runs)
    middle = slope * float(np.mean([each.mean() for each in runs])) + shift
    return temperature, temperature * middle - float(mean.mean())


def _shift_fall_logit(network: CropNetwork, by: float) -> None:
    """Add to the logit of Fall, for every crop."""
    *_, last = (module for module in network.head.modules() if isinstance(module, nn.Linear))
    with torch.no_grad():
        last.bias[FALL] += by


def _kept_back_by_some(
    reports: Sequence[Mapping[str, Any]],
) -> tuple[Floats64, Labels, Floats64]:
    """P(Fall), label and weight of what some runs kept back, and not all; each run counts alike."""
    for_test = _names_kept_back_by_all(reports)
    by_run = [
        [row for row in report["predictions"] if row["name"] not in for_test] for report in reports
    ]
    rows = [row for run in by_run for row in run]
    if len({row["label"] for row in rows}) < 2:
        raise TrainError(
            "The runs kept nothing back that others were trained on, so nothing tells how sure "
            "their mean may be in an unseen room. Add runs with other --test-fold."
        )
    return (
        np.array([row["p_fall"] for row in rows], dtype=np.float64),
        np.array([row["label"] for row in rows], dtype=np.int64),
        np.array([len(rows) / len(run) for run in by_run for _ in run], dtype=np.float64),
    )


def _kept_back_by_all(
    reports: Sequence[Mapping[str, Any]], data: Sequence[Path], spec: InputSpec
) -> Samples:
    names = _names_kept_back_by_all(reports)
    if not names:
        raise TrainError(
            "There is no image that every run kept back, so nothing to test their mean on. "
            "Train on a set that brings a validation part."
        )
    samples, _ = load_samples(data, spec)
    test = samples.take(np.flatnonzero(np.isin(samples.names, sorted(names))))
    reported = [(r["name"], r["label"]) for r in reports[0]["predictions"] if r["name"] in names]
    if sorted(reported) != sorted(zip(test.names.tolist(), test.labels.tolist(), strict=True)):
        raise TrainError(
            f"{', '.join(str(path) for path in data)} is not what the runs were tested on. Give "
            "--data as it was given to them."
        )
    return test
