"""Composition of ``fallwatch bench``: measure, print, write, compare."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from rich.console import Console
from rich.markup import escape
from rich.table import Table as RichTable

from fallwatch import paths
from fallwatch.bench.check import load_baseline, regressions
from fallwatch.bench.decoders import decoders_conclusion, decoders_table, measure_decoders
from fallwatch.bench.devices import best_device, devices_table, measure_devices
from fallwatch.bench.errors import BenchError
from fallwatch.bench.figures import Report, conclusion
from fallwatch.bench.growth import growth_conclusion, measure_growth, write_growth
from fallwatch.bench.machine import OnStep, machine_text
from fallwatch.bench.measure.footage import load_footage
from fallwatch.bench.report.growth import growth_chart, growth_markdown, growth_table
from fallwatch.bench.report.tables import NOT_COMPARED, TextTable, tables
from fallwatch.bench.run import run_bench, write_report
from fallwatch.classifiers.manifest import load_manifest
from fallwatch.core.protocols import SourceError
from fallwatch.sources.decoding.decoder_choice import keep_codec
from fallwatch.system.device_choice import devices, keep_choice


def bench_command(
    clip: Path | None,
    weights_dir: Path | None,
    variant: str,
    output: Path | None,
    baseline: Path | None,
    *,
    quick: bool,
) -> bool:
    """Measure this computer.

    Args:
        clip: The clip to judge; the bundled fall by default.
        weights_dir: Folder of the classifier variants; the bundled one by default.
        variant: Name of the variant.
        output: Folder for the results; None: they are only printed.
        baseline: A stored run to compare with.
        quick: Whether to measure less.

    Returns:
        False if a ratio is clearly worse than the baseline's.

    Raises:
        BenchError: The clip or the baseline cannot be used, or something cannot be measured.
        fallwatch.classifiers.manifest.WeightsError: The weights cannot be used.
    """
    before = None if baseline is None else load_baseline(baseline, quick=quick)
    clip, folder = _checked(clip, weights_dir, variant)
    progress = Console(stderr=True, highlight=False, emoji=False)
    with _steps_shown(progress) as on_step:
        report = run_bench(clip, folder, variant, quick=quick, on_step=on_step)
    _print(report)
    if output is not None:
        write_report(report, output)
    if before is None:
        return True
    worse = regressions(report, before)
    for sentence in worse:
        progress.print(f"[bold red]Worse than before:[/] {escape(sentence)}")
    return not worse


def rooms_command(
    clip: Path | None, weights_dir: Path | None, variant: str, output: Path | None, rooms: list[int]
) -> None:
    """Measure how it grows with the number of rooms.

    Args:
        clip: The clip that rooms show; the bundled fall by default.
        weights_dir: Folder of the classifier variants; the bundled one by default.
        variant: Name of the variant.
        output: Folder for figures, table and curve; None: they are only printed.
        rooms: Numbers of rooms, each above 0.

    Raises:
        BenchError: The clip cannot be used, or something cannot be measured.
        fallwatch.classifiers.manifest.WeightsError: The weights cannot be used.
    """
    clip, folder = _checked(clip, weights_dir, variant)
    with _steps_shown(Console(stderr=True, highlight=False, emoji=False)) as on_step:
        growth = measure_growth(clip, folder, variant, rooms, on_step)
    console = Console(highlight=False, emoji=False)
    console.print(escape(f"{growth.machine}. Clip: {growth.clip}."))
    _print_table(console, growth_table(growth))
    console.print(f"[bold]{growth_conclusion(growth)}[/]")
    if output is not None:
        files = {"rooms.md": growth_markdown(growth), "rooms.svg": growth_chart(growth)}
        write_growth(growth, output, files)


def devices_command(clip: Path | None, weights_dir: Path | None, variant: str) -> None:
    """Measure the devices of this computer, and keep the best one as the automatic choice.

    Args:
        clip: The clip to judge; the bundled fall by default.
        weights_dir: Folder of the classifier variants; the bundled one by default.
        variant: Name of the variant.

    Raises:
        BenchError: The clip cannot be used, or the choice cannot be kept.
        fallwatch.classifiers.manifest.WeightsError: The weights cannot be used.
    """
    clip, folder = _checked(clip, weights_dir, variant)
    with _steps_shown(Console(stderr=True, highlight=False, emoji=False)) as on_step:
        measured = measure_devices(clip, folder, variant, devices(), on_step)
    console = Console(highlight=False, emoji=False)
    console.print(escape(f"{machine_text()}. Clip: {clip.name}."))
    _print_table(console, devices_table(measured))
    best = best_device(measured)
    with _kept():
        keep_choice(best)
    console.print(f"[bold]Automatic is {escape(best)} from now on.[/]")


def decoders_command(clip: Path | None) -> None:
    """Measure the decoders of this computer, and keep what ``auto`` has hardware decode.

    Args:
        clip: A clip of a camera, for its codec; one of H.264 is made by default.

    Raises:
        BenchError: The clip cannot be used, or the choice cannot be kept.
    """
    with _steps_shown(Console(stderr=True, highlight=False, emoji=False)) as on_step:
        figures = measure_decoders(clip, _bundled_clip(), on_step)
    console = Console(highlight=False, emoji=False)
    console.print(escape(f"{machine_text()}."))
    _print_table(console, decoders_table(figures))
    with _kept():
        keep_codec(figures.processor.codec, by_hardware=figures.is_better)
    console.print(f"[bold]{escape(decoders_conclusion(figures))}[/]")


@contextmanager
def _kept() -> Iterator[None]:
    try:
        yield
    except OSError as error:
        raise BenchError(
            f"The choice cannot be kept in {error.filename} ({error.strerror}). Free some "
            "space, or choose by hand in the settings."
        ) from error


def _bundled_clip() -> Path:
    return paths.resources_dir() / "demo" / "demo_fall.mp4"


def _checked(clip: Path | None, weights_dir: Path | None, variant: str) -> tuple[Path, Path]:
    """The clip and the folder of weights, both of which can be used."""
    clip = clip or _bundled_clip()
    folder = weights_dir or paths.weights_dir()
    load_manifest(folder, variant)
    try:
        load_footage(clip, max_frames=1)
    except SourceError as error:
        raise BenchError(str(error)) from error
    return clip, folder


@contextmanager
def _steps_shown(console: Console) -> Iterator[OnStep]:
    """Show what is being measured, as long as the context lasts."""
    with console.status("") as status:
        yield lambda step: status.update(f"Measuring: {escape(step)}")


def _print(report: Report) -> None:
    console = Console(highlight=False, emoji=False)
    console.print(escape(f"{report.machine}. Clip: {report.clip}."))
    if report.naive_runtime is None:
        console.print(escape(NOT_COMPARED))
    for table in tables(report):
        _print_table(console, table)
    console.print(f"[bold]{conclusion(report)}[/]")


def _print_table(console: Console, table: TextTable) -> None:
    shown = RichTable(*table.columns, title=table.title, title_justify="left", box=None)
    for row in table.rows:
        shown.add_row(*map(escape, row))
    console.print(shown)
    console.print()
