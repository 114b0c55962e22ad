"""The command line. Each command imports what it needs, so that ``--help`` answers at once."""

from __future__ import annotations

import logging
import subprocess
import sys
from collections.abc import Callable
from contextlib import nullcontext
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, NoReturn

import typer

from fallwatch.cli.console import child_environment
from fallwatch.cli.events import events_app
from fallwatch.cli.failing import DONE, EXIT_STATUS, NO, fail, readable_errors
from fallwatch.cli.health import add_to as add_health
from fallwatch.cli.measuring import add_to as add_measuring
from fallwatch.cli.notify import notify_app
from fallwatch.cli.options import (
    DecoderOption,
    DeviceOption,
    SensitivityOption,
    VariantOption,
    WeightsOption,
    run_settings,
)
from fallwatch.cli.stored_settings import stored_settings
from fallwatch.cli.web import add_to as add_web
from fallwatch.system.program.ending_signals import raise_on_ctrl_c
from fallwatch.system.program.own_command import is_bundle

if TYPE_CHECKING:
    from fallwatch.settings import BrokerSettings, Settings

_log = logging.getLogger("fallwatch")

app = typer.Typer(
    name="fallwatch",
    help="Watches a room and, when a person falls, says so until somebody acknowledges it.\n\n"
    "Without a command the window opens. Everything stays on this computer.",
    epilog=EXIT_STATUS,
    add_completion=False,
    rich_markup_mode="rich",
    # An address with its password could be among them.
    pretty_exceptions_show_locals=False,
    context_settings={"help_option_names": ["-h", "--help"]},
)
app.add_typer(events_app, name="events")
app.add_typer(notify_app, name="notify")
add_health(app)
add_measuring(app)
add_web(app)


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


@app.command(epilog=EXIT_STATUS)
def gui(kiosk: KioskOption = False) -> None:
    """Open the window, with your rooms."""
    _open_window(None, stored_settings, None, demo=False, kiosk=kiosk)


@app.command(epilog=EXIT_STATUS)
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
    device: DeviceOption = None,
    decoder: DecoderOption = None,
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
    settings_of_run = partial(run_settings, variant, sensitivity, device, decoder)
    if (source is None) != every_room:
        fail("Give either a room, camera or file to watch, or --all for all configured rooms.")
    if source is not None and not headless:
        if mqtt is not None:
            fail("--mqtt goes with --headless. For the window: fallwatch notify broker")
        _open_window(source, settings_of_run, weights, demo=False)
    _divert_native_log()
    settings = settings_of_run()
    if mqtt is not None:
        settings = settings.model_copy(update={"broker": _broker(settings, mqtt)})
    with readable_errors():
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


@app.command(epilog=EXIT_STATUS)
def demo(
    headless: HeadlessOption = False,
    variant: VariantOption = None,
    sensitivity: SensitivityOption = None,
    device: DeviceOption = None,
    weights: WeightsOption = None,
) -> None:
    """Play the bundled clip of a fall through the whole chain.

    Needs no camera, no network and no data. Headless, the exit status is 0 if and only if the
    fall in the clip was found and nothing else was taken for one.
    """
    settings_of_run = partial(run_settings, variant, sensitivity, device)
    if not headless:
        _open_window(None, settings_of_run, weights, demo=True)
    _divert_native_log()
    settings = settings_of_run()
    with readable_errors():
        from fallwatch.headless.command import run_demo

        found = run_demo(settings, weights)
    raise typer.Exit(DONE if found else NO)


@app.command(epilog=EXIT_STATUS)
def doctor(
    variant: VariantOption = None,
    sensitivity: SensitivityOption = None,
    device: DeviceOption = None,
    decoder: DecoderOption = None,
    weights: WeightsOption = None,
) -> None:
    """Test whether alarms would work here and now: a page of ticks and crosses.

    Looks at cameras, models, sound, disk and record, and sends the bundled fall through the whole
    chain. A short test sound plays. The exit status is 1 if anything fails.
    """
    settings = run_settings(variant, sensitivity, device, decoder)
    from fallwatch.doctor import Checkup, all_is_well, configured_cameras, print_findings

    checkup = Checkup(settings, weights, cameras=configured_cameras(settings))
    raise typer.Exit(DONE if all_is_well(print_findings(checkup.findings())) else NO)


@app.command(
    context_settings={"allow_extra_args": True, "ignore_unknown_options": True},
    add_help_option=False,
    epilog=EXIT_STATUS,
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
    make_settings: Callable[[], Settings],
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
    settings = make_settings()
    from fallwatch.runtime.early_models import EarlyModels

    watches = demo or source is not None or bool(settings.cameras)
    with EarlyModels(settings, weights) if watches else nullcontext():
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


def _broker(settings: Settings, url: str) -> BrokerSettings:
    """The broker of the settings, with what the command line says of it."""
    from fallwatch.runtime.recipients import NotifyError, broker_with

    try:
        return broker_with(settings.broker, url)
    except NotifyError as error:
        fail(str(error))
