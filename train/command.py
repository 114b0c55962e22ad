"""Training as ``python -m train VARIANT`` does it: each protocol, its page, and the export."""

from __future__ import annotations

from pathlib import Path

import torch
from lightning_fabric import Fabric
from rich.console import Console
from rich.progress import BarColumn, Progress, TextColumn, TimeRemainingColumn

from train import loop
from train.data.protocol import Protocol
from train.machine import make_fabric
from train.options import Protocols, TrainOptions
from train.release.package import package_int8, package_weights
from train.report.pages import write_run_page
from train.run import Finished, execute
from train.score.learning_curve import EpochResult

#: The last one is exported.
_PROTOCOLS: dict[Protocols, tuple[Protocol, ...]] = {
    Protocols.STUDY: ("study",),
    Protocols.HONEST: ("honest",),
    Protocols.BOTH: ("study", "honest"),
}


def train_and_export(options: TrainOptions) -> None:
    """Run each protocol asked for, write its page, and export the network of the last.

    Raises:
        TrainError: It cannot be done; the message says why.
    """
    if options.threads is not None:
        torch.set_num_threads(options.threads)
    fabric = make_fabric(options.device.value, options.precision.value)
    # One process of several prints and writes.
    console = Console(stderr=True, quiet=not fabric.is_global_zero)
    finished = None
    for protocol in _PROTOCOLS[options.protocol]:
        console.rule(f"{options.name}, {options.recipe.value} settings, {protocol} protocol")
        folder = options.run_folder / protocol
        finished = _run(options, protocol, fabric, folder, console)
        if fabric.is_global_zero:
            write_run_page(finished, folder / "report.html")
            _show(finished, folder, console)
    if finished is not None and fabric.is_global_zero:
        _export(finished, options, console)


def _run(
    options: TrainOptions, protocol: Protocol, fabric: Fabric, folder: Path, console: Console
) -> Finished:
    epochs = options.variant.epochs
    columns = (
        TextColumn("{task.description}"),
        BarColumn(),
        TextColumn("loss {task.fields[loss]:.4f}"),
        TimeRemainingColumn(),
    )
    with Progress(*columns, console=console, transient=True) as bar:
        task = bar.add_task("first epoch", total=None, loss=float("nan"))

        def on_batch(epoch: int, number: int, count: int, loss: float) -> None:
            bar.update(
                task,
                description=f"epoch {epoch}/{epochs}",
                completed=(epoch - 1) * count + number,
                total=epochs * count,
                loss=loss,
            )

        def on_epoch(point: EpochResult) -> None:
            console.print(_line(point))

        progress = loop.Progress(on_batch, on_epoch)
        return execute(options, protocol, fabric, folder, progress=progress, say=console.print)


def _line(point: EpochResult) -> str:
    """An epoch in words; with a validation part, the curve as it grows: a bar of F1."""
    line = f"epoch {point.epoch:3d}  loss {point.train_loss:.4f}"
    if point.val_f1 is None:
        return line
    bar = "▆" * round(30 * point.val_f1)
    return f"{line}  tuning loss {point.val_loss:.4f}  F1 {point.val_f1:.3f} {bar}"


def _show(finished: Finished, folder: Path, console: Console) -> None:
    reported = finished.run.options.variant.reported
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


def _export(finished: Finished, options: TrainOptions, console: Console) -> None:
    difference = package_weights(finished, options.weights_folder)
    console.print(
        f"Exported to {options.weights_folder / options.name}; torch and OpenVINO differ by at "
        f"most {difference:.4f} in P(Fall)."
    )
    if options.int8:
        before, after, kept = package_int8(finished, options.weights_folder)
        console.print(
            f"int8: F1 {after:.3f} instead of {before:.3f}, "
            f"{'kept' if kept else 'not kept: the FP16 weights stay'}."
        )
