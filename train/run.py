"""Run of one protocol, from folders to report: read, split, train, calibrate, measure, write."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
import torch
from lightning_fabric import Fabric
from rich.markup import escape

from fallwatch.classifiers.preprocessing import InputSpec
from train.data.inputs import CropInputs
from train.data.protocol import Protocol
from train.data.samples import DataSummary, Exclusion, Samples, load_samples
from train.data.splits import Rows, Split, split_samples
from train.loop import Logits, Progress, Trainer, TrainOutcome, infer
from train.machine import precision_of
from train.model.checkpoint import Checkpoint
from train.model.networks import CropNetwork
from train.model.variants import Selection
from train.options import TrainOptions
from train.provenance import data_licences, settings_of, start_weights, versions
from train.score.calibration import f1_threshold, fit_temperature, p_fall_of
from train.score.metrics import measure, measure_sets

REPORT_FILE = "report.json"
SPLIT_FILE = "split.json"
BEST_FILE = "best.pt"
REFIT_FOLDER = "refit"


@dataclass(frozen=True, slots=True, eq=False)
class Run:
    """A run before training.

    Attributes:
        options: As given.
        protocol: The study's or the honest one.
        spec: The network's input.
        samples: All crops.
        split: Their division.
        summary: What was read.
    """

    options: TrainOptions
    protocol: Protocol
    spec: InputSpec
    samples: Samples
    split: Split
    summary: DataSummary

    @property
    def refits(self) -> bool:
        """Whether the validation part is its own and is to be trained on in the end."""
        return self.options.refit and self.protocol == "honest"

    @property
    def selection(self) -> Selection:
        """Score that chooses the best epoch; in the study's protocol F1, whatever is trained."""
        return "f1" if self.protocol == "study" else self.options.variant.selection

    @property
    def parts(self) -> dict[str, Rows]:
        """Name in printed text and stored files -> rows; see `Split` for ``tune``."""
        return {"train": self.split.train, "tune": self.split.val, "test": self.split.test}

    @property
    def parts_with_refit(self) -> dict[str, Rows]:
        """The same and, if there is one, what is trained on in the end."""
        return self.parts | ({"refit": self.split.refit} if self.refits else {})

    def describe(self) -> str:
        """Counts of images and of the crops of each part, in one sentence."""
        summary, sources = self.summary, self.samples.sources
        counts = ", ".join(
            f"{name} {len(rows)} crops of {len(np.unique(sources[rows]))} sources"
            for name, rows in self.parts.items()
        )
        return (
            f"{sum(summary.images.values())} images; {summary.duplicates} exact duplicates "
            f"dropped, {summary.held_out_frames + summary.held_out_views} held-out ones left out; "
            f"{counts}"
        )

    def fingerprint(self, fabric: Fabric) -> str:
        """Digest of all that decides the weights; a checkpoint of this run has the same."""
        options = self.options
        settings = settings_of(options.variant, seed=options.seed)
        digest = hashlib.sha256()
        digest.update(json.dumps(settings, sort_keys=True).encode())
        digest.update(self.samples.crops.tobytes())
        for rows in self.parts.values():
            digest.update(rows.tobytes())
        digest.update(json.dumps(start_weights(options.variant, options.backbone)).encode())
        digest.update(f"{precision_of(fabric)} {fabric.world_size}".encode())
        return digest.hexdigest()


@dataclass(frozen=True, slots=True, eq=False)
class Finished:
    """A run that is done.

    Attributes:
        run: What was to be done.
        chosen: From what the validation part chose: learning curve and best epoch.
        network: Tested and exported: the chosen epoch's, or the one trained once more.
        temperature: Chosen on the validation part.
        threshold: Chosen there, too; 0.5 in the study's protocol.
        report: As in report.json.
    """

    run: Run
    chosen: TrainOutcome
    network: CropNetwork
    temperature: float
    threshold: float
    report: dict[str, Any]


def execute(
    options: TrainOptions,
    protocol: Protocol,
    fabric: Fabric,
    folder: Path,
    *,
    progress: Progress | None = None,
    say: Callable[[str], None] = lambda _: None,
) -> Finished:
    """Run one protocol; ``folder`` receives split.json, best.pt, report.json and checkpoints.

    Raises:
        TrainError: Data, start weights or checkpoint cannot be used.
    """
    say(f"Reading {', '.join(path.name for path in options.data)}")
    run = _prepare(options, protocol)
    for remark in run.summary.remarks:
        say(escape(remark))
    say(run.describe())
    folder.mkdir(parents=True, exist_ok=True)
    if fabric.is_global_zero:
        _write_json(folder / SPLIT_FILE, _sources(run))
    chosen = _train(run, fabric, folder, progress)
    network = chosen.network
    if run.refits:
        epochs = chosen.best_epoch
        say(f"Once more, on the {len(run.split.refit)} crops of both parts: {epochs} epochs")
        network = _refit(run, fabric, folder / REFIT_FOLDER, progress, epochs)
    temperature, threshold = _calibrate(run, chosen.network)
    logits = _infer(run, network, run.split.test)
    report = {
        **_origin(run, precision_of(fabric)),
        "history": [point.to_stored() for point in chosen.history],
        "best_epoch": chosen.best_epoch,
        "temperature": temperature,
        "threshold": threshold,
        **_test_figures(run, logits, temperature, threshold),
    }
    if fabric.is_global_zero:
        torch.save(network.state_dict(), folder / BEST_FILE)
        _write_json(folder / REPORT_FILE, report)
    return Finished(run, chosen, network, temperature, threshold, report)


def _prepare(options: TrainOptions, protocol: Protocol) -> Run:
    spec = InputSpec()
    exclusion = Exclusion(tuple(options.exclude_clips or ()), tuple(options.exclude_like or ()))
    samples, summary = load_samples(options.data, spec, exclusion)
    split = split_samples(
        samples, protocol, options.seed,
        max_per_source=options.max_per_source, test_fold=options.test_fold.number,
    )  # fmt: skip
    return Run(options, protocol, spec, samples, split, summary)


def _train(run: Run, fabric: Fabric, folder: Path, progress: Progress | None) -> TrainOutcome:
    trainer = Trainer(run.options, run.samples, run.split, run.spec, fabric, progress)
    checkpoint = Checkpoint(folder, run.fingerprint(fabric))
    return trainer.fit(selection=run.selection, checkpoint=checkpoint)


def _refit(
    run: Run, fabric: Fabric, folder: Path, progress: Progress | None, epochs: int
) -> CropNetwork:
    """Train from the start on training and validation part together, for as many epochs."""
    folder.mkdir(exist_ok=True)
    split = replace(run.split, train=run.split.refit, val=run.split.refit[:0])
    fingerprint = f"{replace(run, split=split).fingerprint(fabric)}, {epochs} epochs"
    trainer = Trainer(run.options, run.samples, split, run.spec, fabric, progress)
    return trainer.fit(last_epoch=epochs, checkpoint=Checkpoint(folder, fingerprint)).network


def _infer(run: Run, network: CropNetwork, rows: Rows) -> Logits:
    return infer(network, CropInputs(run.samples.crops, run.spec), rows, torch.device("cpu"))


def _calibrate(run: Run, network: CropNetwork) -> tuple[float, float]:
    """Temperature and threshold, chosen on the validation part."""
    logits = _infer(run, network, run.split.val)
    labels = run.samples.labels[run.split.val]
    temperature = fit_temperature(logits, labels)
    if run.protocol == "study":
        return temperature, 0.5
    return temperature, f1_threshold(p_fall_of(logits, temperature), labels)


def _origin(run: Run, precision: str) -> dict[str, Any]:
    """The part of the report that says what was trained, on what, and how."""
    options = run.options
    variant = options.variant
    return {
        "format": 1,
        "variant": variant.name,
        "recipe": options.recipe.value,
        "protocol": run.protocol,
        "seed": options.seed,
        "settings": settings_of(
            variant, max_per_source=options.max_per_source, test_fold=options.test_fold.number,
            refit=run.refits, precision=precision,
        ),
        "reported": asdict(variant.reported),
        "data": {"licences": data_licences(run.summary.images), **run.summary.to_stored()},
        "start_weights": start_weights(variant, options.backbone),
        "versions": versions(),
        "split": {name: _counts(run.samples, rows) for name, rows in run.parts_with_refit.items()},
        "leaked_scenes": list(run.split.leaked_scenes),
    }  # fmt: skip


def _test_figures(run: Run, logits: Logits, temperature: float, threshold: float) -> dict[str, Any]:
    """The part of the report that says how good the network is on the test part."""
    test = run.samples.take(run.split.test)
    p_fall = p_fall_of(logits, temperature)
    figures = measure_sets(test, p_fall, threshold, run.split.leaked_scenes)
    return {
        "ece_before_temperature": measure(test.labels, p_fall_of(logits), test.sources).ece,
        "metrics": {name: metrics.as_dict() for name, metrics in figures.items()},
        "predictions": [
            {"name": str(name), "source": str(source), "label": int(label), "p_fall": float(p)}
            for name, source, label, p in zip(
                test.names, test.sources, test.labels, p_fall, strict=True
            )
        ],
    }


def _counts(samples: Samples, rows: Rows) -> dict[str, int]:
    labels = samples.labels[rows]
    return {
        "crops": len(rows),
        "fall": int((labels == 0).sum()),
        "not_fall": int((labels == 1).sum()),
        "sources": len(np.unique(samples.sources[rows])),
    }


def _sources(run: Run) -> dict[str, list[str]]:
    """Part -> the sources of its crops, as in split.json."""
    return {
        name: sorted(set(run.samples.sources[rows].tolist()))
        for name, rows in run.parts_with_refit.items()
    }


def _write_json(path: Path, value: Any) -> None:
    draft = path.with_suffix(".tmp")
    draft.write_text(json.dumps(value, indent=1) + "\n", encoding="utf-8")
    draft.replace(path)
