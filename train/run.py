"""One run from folders to report: read, split, train, calibrate, measure, write down."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable
from dataclasses import asdict, dataclass, field, replace
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
import torch
from lightning_fabric import Fabric

from fallwatch.classifiers.preprocessing import InputSpec
from train.data.inputs import CropInputs
from train.data.protocol import Protocol
from train.data.samples import Account, Exclusion, Samples, load_samples
from train.data.splits import Rows, Split, split_samples
from train.loop import Progress, TrainOutcome, infer, train
from train.machine import precision_of
from train.model.networks import CropNetwork
from train.model.variants import Recipe, Selection, Variant
from train.provenance import data_licences, settings_of, start_weights, versions
from train.score.calibration import f1_threshold, fit_temperature, p_fall_of
from train.score.metrics import measure, measure_sets

REPORT_FILE = "report.json"
SPLIT_FILE = "split.json"
BEST_FILE = "best.pt"
REFIT_FOLDER = "refit"


@dataclass(frozen=True, slots=True)
class TrainJob:
    """All that decides a run.

    Attributes:
        variant: What to train, overrides included.
        recipe: Whose settings it began with.
        folders: Data sets.
        protocol: The study's or the honest one.
        backbone: Start weights.
        seed: Of split and training.
        exclusion: What is kept out of the data.
        max_per_source: Most crops of a class that one source gives to training.
        test_fold: Which fold of undivided sets is tested on; None: none of them.
        refit: Train once more, on the tuning part too, when that has chosen all (honest protocol).
        cache_features: Compute a frozen backbone's features once.
    """

    variant: Variant
    recipe: Recipe
    folders: tuple[Path, ...]
    protocol: Protocol
    backbone: str
    seed: int = 1
    exclusion: Exclusion = field(default_factory=Exclusion)
    max_per_source: int | None = None
    test_fold: int | None = 0
    refit: bool = True
    cache_features: bool = True

    @property
    def refits(self) -> bool:
        """Whether there is a tuning part of its own, and it is to be trained on in the end."""
        return self.refit and self.protocol == "honest"


@dataclass(slots=True)
class Finished:
    """A run that is done.

    Attributes:
        job: What was to be done.
        spec: The network's input.
        samples: All crops.
        split: Their division.
        chosen: What the tuning part chose from: learning curve and best epoch.
        network: What is tested and shipped: the chosen epoch's, or the one trained once more.
        temperature: Chosen on the tuning part.
        threshold: Chosen there, too; 0.5 in the study's protocol.
        report: What stands in report.json.
    """

    job: TrainJob
    spec: InputSpec
    samples: Samples
    split: Split
    chosen: TrainOutcome
    network: CropNetwork
    temperature: float
    threshold: float
    report: dict[str, Any]


def execute(
    job: TrainJob,
    fabric: Fabric,
    folder: Path,
    *,
    resume: bool = False,
    progress: Progress | None = None,
    say: Callable[[str], None] = lambda _: None,
) -> Finished:
    """Carry out a job; ``folder`` receives split.json, best.pt, report.json and checkpoints.

    Raises:
        TrainError: Data, start weights or checkpoint cannot be used.
    """
    spec = InputSpec()
    say(f"Reading {', '.join(path.name for path in job.folders)}")
    samples, account = load_samples(job.folders, spec, job.exclusion)
    split = split_samples(
        samples, job.protocol, job.seed,
        max_per_source=job.max_per_source, test_fold=job.test_fold,
    )  # fmt: skip
    say(_describe(samples, split, account))
    folder.mkdir(parents=True, exist_ok=True)
    fingerprint = _fingerprint(job, samples, split, fabric)
    if fabric.is_global_zero:
        _write_json(folder / SPLIT_FILE, _split_record(job, samples, split))
    learn = partial(
        train, job.variant, samples, spec=spec, fabric=fabric,
        backbone=job.backbone, seed=job.seed, resume=resume, cache_features=job.cache_features,
        selection=_selection(job), progress=progress,
    )  # fmt: skip
    chosen = learn(split=split, folder=folder, fingerprint=fingerprint)
    network = chosen.network
    if job.refits:
        epochs = chosen.best_epoch
        say(f"Once more, on the {len(split.refit)} crops of both parts: {epochs} epochs")
        (folder / REFIT_FOLDER).mkdir(exist_ok=True)
        both = replace(split, train=split.refit, tune=split.refit[:0])
        network = learn(
            split=both, last_epoch=epochs, folder=folder / REFIT_FOLDER,
            fingerprint=f"{_fingerprint(job, samples, both, fabric)}, {epochs} epochs",
        ).network  # fmt: skip
    finished = _judge(job, spec, samples, split, chosen, network, account, precision_of(fabric))
    if fabric.is_global_zero:
        torch.save(network.state_dict(), folder / BEST_FILE)
        _write_json(folder / REPORT_FILE, finished.report)
    return finished


def _selection(job: TrainJob) -> Selection:
    """The study's protocol is to choose by F1, whatever is trained."""
    return "f1" if job.protocol == "study" else job.variant.selection


def _judge(
    job: TrainJob,
    spec: InputSpec,
    samples: Samples,
    split: Split,
    chosen: TrainOutcome,
    network: CropNetwork,
    account: Account,
    precision: str,
) -> Finished:
    inputs = CropInputs(samples.crops, spec)
    cpu = torch.device("cpu")
    tune_logits = infer(chosen.network, inputs, split.tune, cpu)
    tune_labels = samples.labels[split.tune]
    temperature = fit_temperature(tune_logits, tune_labels)
    threshold = 0.5
    if job.protocol == "honest":
        threshold = f1_threshold(p_fall_of(tune_logits, temperature), tune_labels)
    test = samples.take(split.test)
    logits = infer(network, inputs, split.test, cpu)
    p_fall = p_fall_of(logits, temperature)
    raw_ece = measure(test.labels, p_fall_of(logits), test.sources).ece
    report = {
        "format": 1,
        "variant": job.variant.name,
        "recipe": job.recipe,
        "protocol": job.protocol,
        "seed": job.seed,
        "settings": settings_of(
            job.variant, max_per_source=job.max_per_source, test_fold=job.test_fold,
            refit=job.refits, precision=precision,
        ),
        "reported": asdict(job.variant.reported),
        "data": {"licences": data_licences(account.pictures), **asdict(account)},
        "start_weights": start_weights(job.variant, job.backbone),
        "versions": versions(),
        "split": {name: _counts(samples, rows) for name, rows in _told_parts(job, split)},
        "leaked_scenes": list(split.leaked_scenes),
        "history": [asdict(point) for point in chosen.history],
        "best_epoch": chosen.best_epoch,
        "temperature": temperature,
        "threshold": threshold,
        "ece_before_temperature": raw_ece,
        "metrics": {
            name: metrics.as_dict()
            for name, metrics in measure_sets(test, p_fall, threshold, split.leaked_scenes).items()
        },
        "predictions": [
            {"name": str(name), "source": str(source), "label": int(label), "p_fall": float(p)}
            for name, source, label, p in zip(
                test.names, test.sources, test.labels, p_fall, strict=True
            )
        ],
    }  # fmt: skip
    return Finished(job, spec, samples, split, chosen, network, temperature, threshold, report)


def _parts(split: Split) -> tuple[tuple[str, Rows], ...]:
    return ("train", split.train), ("tune", split.tune), ("test", split.test)


def _told_parts(job: TrainJob, split: Split) -> tuple[tuple[str, Rows], ...]:
    return (*_parts(split), *((("refit", split.refit),) if job.refits else ()))


def _counts(samples: Samples, rows: Rows) -> dict[str, int]:
    labels = samples.labels[rows]
    return {
        "crops": len(rows),
        "fall": int((labels == 0).sum()),
        "not_fall": int((labels == 1).sum()),
        "sources": len(np.unique(samples.sources[rows])),
    }


def _split_record(job: TrainJob, samples: Samples, split: Split) -> dict[str, list[str]]:
    return {
        name: sorted(set(samples.sources[rows].tolist())) for name, rows in _told_parts(job, split)
    }


def _describe(samples: Samples, split: Split, account: Account) -> str:
    counts = ", ".join(
        f"{name} {len(rows)} crops of {len(np.unique(samples.sources[rows]))} sources"
        for name, rows in _parts(split)
    )
    return (
        f"{sum(account.pictures.values())} pictures; {account.duplicates} exact duplicates "
        f"dropped, {account.frames_of_held_out_clips + account.pictures_of_held_out_views} "
        f"held-out ones left out; {counts}"
    )


def _fingerprint(job: TrainJob, samples: Samples, split: Split, fabric: Fabric) -> str:
    digest = hashlib.sha256()
    digest.update(json.dumps(settings_of(job.variant, seed=job.seed), sort_keys=True).encode())
    digest.update(samples.crops.tobytes())
    for _, rows in _parts(split):
        digest.update(rows.tobytes())
    digest.update(json.dumps(start_weights(job.variant, job.backbone)).encode())
    digest.update(f"{precision_of(fabric)} {fabric.world_size}".encode())
    return digest.hexdigest()


def _write_json(path: Path, value: Any) -> None:
    draft = path.with_suffix(".tmp")
    draft.write_text(json.dumps(value, indent=1) + "\n", encoding="utf-8")
    draft.replace(path)
