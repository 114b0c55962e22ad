"""What ``python -m train VARIANT`` does: run each protocol, show it, export, write the pages."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import torch
from lightning_fabric import Fabric
from rich.console import Console
from rich.progress import BarColumn, Progress, TextColumn, TimeRemainingColumn

from train import loop
from train.data.protocol import Protocol
from train.data.samples import Exclusion
from train.loop import EpochResult
from train.machine import Device, Precision, make_fabric
from train.model.variants import Recipe, Variant
from train.release.package import ship, ship_int8
from train.report.pages import write_run_page
from train.run import Finished, TrainJob, execute


@dataclass(frozen=True, slots=True)
class Request:
    """The command line's answer to all questions; see `train.options` for what each means."""

    variant: Variant
    recipe: Recipe
    folders: tuple[Path, ...]
    out: Path | None
    weights: Path | None
    backbone: str
    protocols: tuple[Protocol, ...]
    seed: int
    device: Device
    precision: Precision
    threads: int | None
    exclusion: Exclusion
    max_per_source: int | None
    test_fold: int | None
    refit: bool
    resume: bool
    cache_features: bool
    int8: bool


def train_and_export(request: Request) -> None:
    """Carry out the request.

    Raises:
        TrainError: It cannot be done; the message says why.
    """
    if request.threads is not None:
        torch.set_num_threads(request.threads)
    fabric = make_fabric(request.device, request.precision)
    # One process of several speaks and writes.
    console = Console(stderr=True, quiet=not fabric.is_global_zero)
    name = f"{request.variant.name}-{request.recipe}-seed{request.seed}"
    out = request.out or Path("runs") / name
    finished = None
    for protocol in request.protocols:
        console.rule(f"{request.variant.name}, {request.recipe} settings, {protocol} protocol")
        finished = _run(request, protocol, fabric, out / protocol, console)
        if fabric.is_global_zero:
            write_run_page(finished, out / protocol / "report.html")
            _show(finished, out / protocol, console)
    if finished is not None and fabric.is_global_zero:
        _export(request, finished, request.weights or out / "weights", console)


def _run(
    request: Request, protocol: Protocol, fabric: Fabric, folder: Path, console: Console
) -> Finished:
    job = TrainJob(
        variant=request.variant,
        recipe=request.recipe,
        folders=request.folders,
        protocol=protocol,
        backbone=request.backbone,
        seed=request.seed,
        exclusion=request.exclusion,
        max_per_source=request.max_per_source,
        test_fold=request.test_fold,
        refit=request.refit,
        cache_features=request.cache_features,
    )
    columns = (
        TextColumn("{task.description}"),
        BarColumn(),
        TextColumn("loss {task.fields[loss]:.4f}"),
        TimeRemainingColumn(),
    )
    with Progress(*columns, console=console, transient=True) as bar:
        task = bar.add_task("first epoch", total=None, loss=float("nan"))

        def on_batch(epoch: int, number: int, count: int, loss: float) -> None:
            total = request.variant.epochs * count
            done = (epoch - 1) * count + number
            bar.update(
                task,
                description=f"epoch {epoch}/{request.variant.epochs}",
                completed=done,
                total=total,
                loss=loss,
            )

        def on_epoch(point: EpochResult) -> None:
            console.print(_line(point))

        return execute(
            job,
            fabric,
            folder,
            resume=request.resume,
            progress=loop.Progress(on_batch, on_epoch),
            say=console.print,
        )


def _line(point: EpochResult) -> str:
    """An epoch in words; with a tuning part, the curve as it grows: a bar of F1."""
    line = f"epoch {point.epoch:3d}  loss {point.train_loss:.4f}"
    if point.tune_f1 is None:
        return line
    bar = "▆" * round(30 * point.tune_f1)
    return f"{line}  tuning loss {point.tune_loss:.4f}  F1 {point.tune_f1:.3f} {bar}"


def _show(finished: Finished, folder: Path, console: Console) -> None:
    reported = finished.job.variant.reported
    for name, figures in finished.report["metrics"].items():
        low, high = figures["intervals_95"]["f1"]
        console.print(
            f"{name}: F1 of Fall {figures['f1']:.3f} (95 % {low:.2f} to {high:.2f}), "
            f"accuracy {figures['accuracy']:.3f}, {figures['count']} crops"
        )
    console.print(
        f"Best epoch {finished.chosen.best_epoch}. The study: F1 {reported.f1:.2f}, accuracy "
        f"{reported.accuracy:.2f}, epoch {reported.best_epoch}. Page: {folder / 'report.html'}"
    )


def _export(request: Request, finished: Finished, weights_dir: Path, console: Console) -> None:
    difference = ship(finished, weights_dir)
    console.print(
        f"Exported to {weights_dir / request.variant.name}; torch and OpenVINO differ by at most "
        f"{difference:.4f} in P(Fall)."
    )
    if request.int8:
        before, after, kept = ship_int8(finished, weights_dir)
        console.print(
            f"int8: F1 {after:.3f} instead of {before:.3f}, "
            f"{'kept' if kept else 'not kept: the FP16 weights stay'}."
        )
