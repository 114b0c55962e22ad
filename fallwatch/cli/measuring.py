"""``fallwatch evaluate`` and ``fallwatch bench``: how well, and how fast."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from fallwatch.cli.failing import DONE, EXIT_STATUS, NO, fail, readable_errors
from fallwatch.cli.options import (
    DeviceOption,
    SensitivityOption,
    VariantOption,
    WeightsOption,
    run_settings,
)
from fallwatch.system.program.ending_signals import INTERRUPTED

#: So many cannot all be busy on any computer of today.
_MOST_ROOMS = 64


def add_to(app: typer.Typer) -> None:
    """Add both commands."""
    for command in (evaluate, bench):
        app.command(epilog=EXIT_STATUS)(command)


def evaluate(
    folders: Annotated[
        list[Path] | None,
        typer.Argument(
            help="Folders of clips; folders in them are searched too.", show_default=False
        ),
    ] = None,
    output: Annotated[
        Path | None,
        typer.Option(
            "--output",
            "-o",
            help="Folder for results.json, results.csv and report.html; without it a new one, "
            "fallwatch-evaluation-<time>, here.",
        ),
    ] = None,
    window: Annotated[
        float,
        typer.Option(
            "--window",
            min=0,
            help="T: seconds after the end of a fall within which its alarm counts.",
        ),
    ] = 5.0,
    sweep: Annotated[
        bool, typer.Option("--sweep", help="Try other thresholds of the judge, too.")
    ] = False,
    stress: Annotated[
        bool,
        typer.Option(
            "--stress",
            help="Try dark, blurred, crushed, few, small and grey images, too, and a camera askew "
            "or farther away: takes nine times as long.",
        ),
    ] = False,
    vary: Annotated[
        bool,
        typer.Option(
            "--vary",
            help="Try every clip in a mirror, and begun one frame later, too: what changes then "
            "is luck. Takes three times as long.",
        ),
    ] = False,
    live: Annotated[
        bool,
        typer.Option(
            "--live",
            help="Judge only the frames that would be judged of a camera: few while the room is "
            "empty or calm. To see that it costs no fall; nothing is kept.",
        ),
    ] = False,
    protocol: Annotated[
        bool,
        typer.Option(
            "--protocol",
            help="Print falls found and everyday clips with a false fall for each source, with "
            "exact intervals.",
        ),
    ] = False,
    compare: Annotated[
        tuple[Path, Path] | None,
        typer.Option(
            "--compare",
            metavar="A B",
            help="Set two result folders, as --output makes them, side by side instead.",
        ),
    ] = None,
    jobs: Annotated[
        int | None,
        typer.Option("--jobs", "-j", min=1, help="Clips at once; without it one for each core."),
    ] = None,
    ray: Annotated[
        str | None,
        typer.Option("--ray", help="Address of a Ray cluster to spread the clips over, or auto."),
    ] = None,
    variant: VariantOption = None,
    sensitivity: SensitivityOption = None,
    device: DeviceOption = None,
    weights: WeightsOption = None,
) -> None:
    """Measure the whole chain on folders of clips.

    Prints how many falls are found, how soon, and how many alarms are false, with intervals, for
    each source; writes the same with a timeline of every clip. Understood are:

    - Le2i rooms: Videos/NAME.avi with Annotation_files/NAME.txt, or NAME.txt beside the clip

    - events.csv beside a folder videos, or labels.csv beside the clips or above them: columns
    clip (name or path) and fall_start_s (empty: nobody falls), if known fall_end_s

    - clips without labels: everyday life, in which nobody falls

    What was analysed once is kept: an interrupted run goes on where it was, and another
    sensitivity takes seconds. The exit status is 1 if a clip could not be analysed.
    """
    from fallwatch.evaluation.clips.clips import ClipFolderError

    if bool(folders) == (compare is not None):
        fail("Give either folders of clips or --compare with two result folders.")
    if live and sweep:
        fail("Give either --live or --sweep: thresholds are tried on every frame.")
    with readable_errors():
        from fallwatch.evaluation.command import EvaluateOptions, run_compare, run_evaluate

        try:
            if compare is not None:
                run_compare(*compare)
                return
            options = EvaluateOptions(
                jobs,
                output,
                window,
                sweep=sweep,
                corruptions=stress,
                variations=vary,
                live=live,
                protocol=protocol,
                ray=ray,
            )
            results = run_evaluate(
                folders or [], run_settings(variant, sensitivity, device), weights, options
            )
        except ClipFolderError as error:
            fail(str(error))
        except KeyboardInterrupt:
            typer.echo("Stopped. What was analysed is kept: the same command goes on.", err=True)
            raise typer.Exit(INTERRUPTED) from None
    raise typer.Exit(NO if results.failed else DONE)


def bench(
    clip: Annotated[
        Path | None,
        typer.Argument(help="Clip to measure with; the bundled fall by default."),
    ] = None,
    output: Annotated[
        Path | None,
        typer.Option(
            "--output", "-o", help="Folder for bench.json, bench.md and the chart bench.svg."
        ),
    ] = None,
    check: Annotated[
        Path | None,
        typer.Option(
            "--check",
            help="A bench.json from before: exit status 1 if a ratio is over 20 % worse now.",
        ),
    ] = None,
    quick: Annotated[
        bool, typer.Option("--quick", help="A short run: fewer rounds and cameras, less exact.")
    ] = False,
    rooms: Annotated[
        str | None,
        typer.Option(
            "--rooms",
            metavar="N,N,...",
            help="Instead: how it grows with the number of rooms, such as 1,2,4,9,16; with "
            "--output rooms.json, rooms.md and the curve rooms.svg.",
        ),
    ] = None,
    devices: Annotated[
        bool,
        typer.Option(
            "--devices",
            help="Instead: what each device of this computer does (processor, graphics, neural "
            "processor), and whether its results are the same; the best one is kept as the "
            "automatic choice.",
        ),
    ] = False,
    decoders: Annotated[
        bool,
        typer.Option(
            "--decoders",
            help="Instead: whether hardware decodes video as the processor does, and for less; "
            "what it does is kept for the automatic choice. CLIP is then a recording of the "
            "camera, for codecs other than H.264.",
        ),
    ] = False,
    variant: VariantOption = None,
    weights: WeightsOption = None,
) -> None:
    """Measure how many cameras this PC can watch, and how fast.

    No window appears and no alarm sounds. Close other programs first: what they use is missing
    here. Where MediaPipe is installed (pip install --no-deps mediapipe==0.10.21 absl-py attrs
    "protobuf<5", and matplotlib), fallwatch is set beside the naive way of doing the same.
    """
    if sum((rooms is not None, devices, decoders, check is not None or quick)) > 1:
        fail("--rooms, --devices and --decoders stand for themselves: leave out the others.")
    if (devices or decoders) and output is not None:
        fail("--devices and --decoders write no files: leave out --output.")
    settings = run_settings(variant, None)
    from fallwatch.bench.command import (
        bench_command,
        decoders_command,
        devices_command,
        rooms_command,
    )
    from fallwatch.bench.errors import BenchError

    good = True
    with readable_errors():
        try:
            if devices:
                devices_command(clip, weights, settings.variant)
            elif decoders:
                decoders_command(clip)
            elif rooms is not None:
                rooms_command(clip, weights, settings.variant, output, _room_counts(rooms))
            else:
                good = bench_command(clip, weights, settings.variant, output, check, quick=quick)
        except BenchError as error:
            fail(str(error))
        except KeyboardInterrupt:
            raise typer.Exit(INTERRUPTED) from None
    raise typer.Exit(DONE if good else NO)


def _room_counts(rooms: str) -> list[int]:
    words = rooms.split(",")
    counts = [int(word) for word in words if word.strip().isdecimal()]
    if len(counts) < len(words) or not all(0 < count <= _MOST_ROOMS for count in counts):
        fail(f"--rooms takes numbers from 1 to {_MOST_ROOMS}, such as 1,2,4,9,16; not {rooms!r}.")
    return counts
