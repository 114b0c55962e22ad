"""The command line. Each command imports what it needs, so that ``--help`` answers at once."""

from __future__ import annotations

import logging
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from enum import Enum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, NoReturn

import typer

from fallwatch.cli.console import child_environment
from fallwatch.cli.events import events_app
from fallwatch.cli.failing import fail
from fallwatch.cli.health import add_to as add_health
from fallwatch.cli.notify import notify_app
from fallwatch.cli.stored_settings import stored_settings
from fallwatch.cli.web import add_to as add_web
from fallwatch.system.program.ending_signals import INTERRUPTED, raise_on_ctrl_c
from fallwatch.system.program.own_command import is_bundle

if TYPE_CHECKING:
    from fallwatch.settings import BrokerSettings, Settings

_log = logging.getLogger("fallwatch")

#: Exit statuses: the job was done; it ran and the answer is no. The third is that of `fail`.
DONE, NO = 0, 1

_EXIT_STATUS = "Exit status: 0 done, 1 the answer is no, 2 bad usage or input."

app = typer.Typer(
    name="fallwatch",
    help="Watches a room and says so, until somebody answers, when a person falls.\n\n"
    "Without a command the window opens. Everything stays on this computer.",
    epilog=_EXIT_STATUS,
    add_completion=False,
    rich_markup_mode="rich",
    # An address with its password could be among them.
    pretty_exceptions_show_locals=False,
    context_settings={"help_option_names": ["-h", "--help"]},
)
app.add_typer(events_app, name="events")
app.add_typer(notify_app, name="notify")
add_health(app)
add_web(app)


class Sensitivity(str, Enum):
    """Operating points of the judge."""

    LOW = "low"
    NORMAL = "normal"
    HIGH = "high"


VariantOption = Annotated[
    str | None,
    typer.Option("--variant", help="Classifier weights to use, such as resnet18-optimised."),
]
SensitivityOption = Annotated[
    Sensitivity | None,
    typer.Option("--sensitivity", help="High finds more falls and gives more false alarms."),
]
WeightsOption = Annotated[
    Path | None,
    typer.Option("--weights", help="Folder of classifier variants; the bundled ones by default."),
]
KioskOption = Annotated[
    bool,
    typer.Option(
        "--kiosk", help="Full screen without menus, dimmed while nobody needs it; F11 leaves it."
    ),
]
HeadlessOption = Annotated[
    bool, typer.Option("--headless", help="No window: one JSON line per event on standard output.")
]


def _print_version(wanted: bool) -> None:
    if wanted:
        from fallwatch.system.program.versions import version_line

        typer.echo(version_line())
        raise typer.Exit(DONE)


@app.callback(invoke_without_command=True)
def main(
    context: typer.Context,
    version: Annotated[
        bool,
        typer.Option(
            "--version",
            callback=_print_version,
            is_eager=True,
            help="Print the version, the system and the engine.",
        ),
    ] = False,
    kiosk: KioskOption = False,
    verbose: Annotated[
        bool, typer.Option("--verbose", help="Print what happens inside to standard error.")
    ] = False,
) -> None:
    """Set up logging; without a command, open the window."""
    logging.basicConfig(
        level=logging.INFO if verbose else logging.ERROR,
        format="%(asctime)s %(levelname)s %(name)s: %(message)s",
    )
    if verbose:
        _log.setLevel(logging.INFO)
    # The commands that may open a window do this later: what Qt says when it cannot show one
    # must be seen.
    if context.invoked_subcommand not in (None, "gui", "watch", "demo"):
        _divert_native_log()
        raise_on_ctrl_c()
    if context.invoked_subcommand is None:
        gui(kiosk=kiosk)
    elif kiosk:
        fail("--kiosk is for the window: fallwatch --kiosk, or fallwatch gui --kiosk")


@app.command(epilog=_EXIT_STATUS)
def gui(kiosk: KioskOption = False) -> None:
    """Open the window, with your rooms."""
    _open_window(None, None, None, None, demo=False, kiosk=kiosk)


@app.command(epilog=_EXIT_STATUS)
def watch(
    source: Annotated[
        str | None,
        typer.Argument(
            help="The name of a room in the settings, a webcam's number (0, 1, ...), a video file, "
            "or the address of an IP camera (rtsp://... or http://...).",
            show_default=False,
        ),
    ] = None,
    headless: HeadlessOption = False,
    every_room: Annotated[
        bool,
        typer.Option("--all", help="Watch all rooms of the settings, without a window."),
    ] = False,
    realtime: Annotated[
        bool,
        typer.Option(
            "--realtime", help="Headless: play a file at its own speed, not at full speed."
        ),
    ] = False,
    mqtt: Annotated[
        str | None,
        typer.Option(
            "--mqtt",
            metavar="URL",
            help="Tell this MQTT broker too, such as mqtts://user@broker.lan; its password is "
            "that of fallwatch notify broker, or of the variable FALLWATCH_MQTT_PASSWORD.",
        ),
    ] = None,
    variant: VariantOption = None,
    sensitivity: SensitivityOption = None,
    weights: WeightsOption = None,
) -> None:
    """Watch a room, a camera, a stream or a file.

    Of a room in the settings its zones, privacy and password count, with a window or without. A
    room that cannot be reached is tried again for ever, and a fault alarm says so.

    Headless, each event is one JSON line on standard output with the keys event_id, camera, kind
    (fall, on_floor, long_lie, recovered, bed_exit), started_utc, clip_time_s (files only), score
    and evidence. Ctrl-C stops it. Where standard output fails the watch goes on; the exit status is
    1 if an event could not be written.
    """
    if (source is None) != every_room:
        fail("Give either a room, camera or file to watch, or --all for all configured rooms.")
    if source is not None and not headless:
        if mqtt is not None:
            fail("--mqtt goes with --headless. For the window: fallwatch notify broker")
        _open_window(source, variant, sensitivity, weights, demo=False)
    _divert_native_log()
    settings = _settings(variant, sensitivity)
    if mqtt is not None:
        settings = settings.model_copy(update={"broker": _broker(settings, mqtt)})
    with _readable_errors():
        from fallwatch.headless.command import run_all, run_headless

        if source is None:
            result = run_all(settings, weights)
        else:
            result = run_headless(
                source, settings, weights, realtime=realtime, publish_clips=mqtt is not None
            )
    if result.error is not None:
        fail(result.error)
    if result.unwritten:
        raise typer.Exit(NO)


@app.command(epilog=_EXIT_STATUS)
def demo(
    headless: HeadlessOption = False,
    variant: VariantOption = None,
    sensitivity: SensitivityOption = None,
    weights: WeightsOption = None,
) -> None:
    """Play the bundled clip of a fall through the whole chain.

    Needs no camera, no network and no data. Headless, the exit status is 0 if and only if the
    fall in the clip was found and nothing else was taken for one.
    """
    if not headless:
        _open_window(None, variant, sensitivity, weights, demo=True)
    _divert_native_log()
    settings = _settings(variant, sensitivity)
    with _readable_errors():
        from fallwatch.headless.command import run_demo

        found = run_demo(settings, weights)
    raise typer.Exit(DONE if found else NO)


@app.command(epilog=_EXIT_STATUS)
def doctor(
    variant: VariantOption = None,
    sensitivity: SensitivityOption = None,
    weights: WeightsOption = None,
) -> None:
    """Test whether alarms would work here and now: a page of ticks and crosses.

    Looks at cameras, models, sound, disk and record, and sends the bundled fall through the whole
    chain. A short test sound plays. The exit status is 1 if anything fails.
    """
    settings = _settings(variant, sensitivity)
    from fallwatch.doctor import Checkup, all_is_well, configured_cameras, print_findings

    checkup = Checkup(settings, weights, cameras=configured_cameras(settings))
    raise typer.Exit(DONE if all_is_well(print_findings(checkup.findings())) else NO)


@app.command(epilog=_EXIT_STATUS)
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
            help="Try dark, blurred, crushed, few, small and grey pictures, too: takes seven times "
            "as long.",
        ),
    ] = False,
    live: Annotated[
        bool,
        typer.Option(
            "--live",
            help="Spare the pictures of empty, still rooms, as of a camera: to see that it costs "
            "no fall.",
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
        typer.Option("--compare", help="Set two result folders side by side instead."),
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
    with _readable_errors():
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
                live=live,
                protocol=protocol,
                ray=ray,
            )
            results = run_evaluate(folders or [], _settings(variant, sensitivity), weights, options)
        except ClipFolderError as error:
            fail(str(error))
        except KeyboardInterrupt:
            typer.echo("Stopped. What was analysed is kept: the same command goes on.", err=True)
            raise typer.Exit(INTERRUPTED) from None
    raise typer.Exit(NO if results.failed else DONE)


@app.command(epilog=_EXIT_STATUS)
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
    variant: VariantOption = None,
    weights: WeightsOption = None,
) -> None:
    """Measure how many cameras this PC can watch, and how fast.

    No window appears and no alarm sounds. Close other programs first: what they use is missing
    here. Where MediaPipe is installed (pip install --no-deps mediapipe==0.10.21 absl-py attrs
    "protobuf<5", and matplotlib), fallwatch is set beside the naive way of doing the same.
    """
    settings = _settings(variant, None)
    from fallwatch.bench.command import bench_command
    from fallwatch.bench.errors import BenchError

    with _readable_errors():
        try:
            good = bench_command(clip, weights, settings.variant, output, check, quick=quick)
        except BenchError as error:
            fail(str(error))
        except KeyboardInterrupt:
            raise typer.Exit(INTERRUPTED) from None
    raise typer.Exit(DONE if good else NO)


@app.command(
    context_settings={"allow_extra_args": True, "ignore_unknown_options": True},
    add_help_option=False,
    epilog=_EXIT_STATUS,
)
def train(context: typer.Context) -> None:
    """Train and export a classifier variant: the same as python -m train.

    Needs torch and torchvision: the train extra of the installation.
    """
    # Started by name: nothing in fallwatch imports train, and with it torch.
    if is_bundle():
        fail(
            "The desktop bundle does not train. Install fallwatch by pip, with the extra 'train': "
            "see the README."
        )
    command = [sys.executable, "-m", "train", *context.args]
    raise typer.Exit(subprocess.call(command, env=child_environment()))


def _open_window(
    source: str | None,
    variant: str | None,
    sensitivity: Sensitivity | None,
    weights: Path | None,
    *,
    demo: bool,
    kiosk: bool = False,
) -> NoReturn:
    # Painted before anything else is loaded, which takes most of a second.
    from fallwatch.ui.window.splash import show_splash

    close_splash = show_splash()
    _divert_native_log()
    _keep_log()
    settings = _settings(variant, sensitivity)
    from fallwatch.app import run_window

    status = run_window(
        source,
        demo=demo,
        kiosk=kiosk,
        settings=settings,
        weights_dir=weights,
        on_painted=close_splash,
    )
    raise typer.Exit(status)


def _divert_native_log() -> None:
    """Keep native libraries' remarks out of sight, unless ``--verbose`` asks for them."""
    if _log.level == logging.INFO:
        return
    from fallwatch import paths
    from fallwatch.system.program.native_log import NATIVE_LOG, divert_native_log

    divert_native_log(paths.cache_dir() / NATIVE_LOG)


def _keep_log() -> None:
    """Keep warnings for a report, which somebody who helps may ask for."""
    from fallwatch import paths
    from fallwatch.system.program.log_file import LOG_FILE, keep_log

    keep_log(paths.cache_dir() / LOG_FILE)


def _settings(variant: str | None, sensitivity: Sensitivity | None) -> Settings:
    """The user's settings with what the command line changes for this run."""
    settings = stored_settings()
    changes: dict[str, str] = {}
    if variant is not None:
        changes["variant"] = variant
    if sensitivity is not None:
        changes["sensitivity"] = sensitivity.value
    return settings.model_copy(update=changes)


def _broker(settings: Settings, url: str) -> BrokerSettings:
    """The broker of the settings, with what the command line says of it."""
    from fallwatch.runtime.recipients import NotifyError, broker_with

    try:
        return broker_with(settings.broker, url)
    except NotifyError as error:
        fail(str(error))


@contextmanager
def _readable_errors() -> Iterator[None]:
    """What goes wrong for a reason a person can act on is one sentence, not a traceback."""
    from fallwatch.classifiers.manifest import WeightsError
    from fallwatch.events.store import StoreError
    from fallwatch.headless.command import HeadlessError
    from fallwatch.pose.networks import PoseModelError

    try:
        yield
    except (WeightsError, PoseModelError, StoreError, HeadlessError) as error:
        fail(str(error))
