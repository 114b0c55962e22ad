"""``fallwatch web``: the page for phones, and the demo page."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from fallwatch.cli.failing import fail
from fallwatch.cli.options import PhoneRole
from fallwatch.cli.stored_settings import stored_settings

if TYPE_CHECKING:
    from fallwatch.settings import Settings, WebSettings
    from fallwatch.web.access.devices import Role

_EXIT_STATUS = (
    "Exit status: 0 ended by Ctrl-C or SIGTERM, 1 an event could not be written, 2 bad usage, or "
    "it cannot be served."
)

_DEMO_PORT = 7860


def web(
    demo: Annotated[
        bool, typer.Option("--demo", help="The demo page: an image or clip in, the verdict out.")
    ] = False,
    host: Annotated[
        str | None,
        typer.Option("--host", help="Of the demo page: the address.", show_default=False),
    ] = None,
    port: Annotated[
        int | None,
        typer.Option(
            "--port", min=1, max=65535, help="Instead of the settings'.", show_default=False
        ),
    ] = None,
    network: Annotated[
        bool,
        typer.Option("--network", help="Let devices in the same network reach the page, too."),
    ] = False,
    tls: Annotated[
        bool | None,
        typer.Option("--tls/--no-tls", help="Encrypt, or not, instead of the settings'."),
    ] = None,
    pair: Annotated[
        PhoneRole | None,
        typer.Option(
            "--pair",
            help="Print a code for one more phone, which may do so much.",
            show_default=False,
        ),
    ] = None,
) -> None:
    """Watch all rooms of the settings, and serve the page for phones.

    The page shows the rooms and their alarms, and acknowledges them. A device is let in by a
    six-digit code, which is printed here while none is let in yet, and with --pair; those that
    were let in are kept. By default programs on this computer alone reach it: for phones in the
    house use --network, from outside a VPN such as Tailscale or WireGuard, or a reverse proxy. A
    phone that was let in can be notified of alarms, too, if its browser knows the page's
    certificate. Needs the extra 'web' of the installation.

    With --demo no room is watched. Files are judged on this computer and deleted within an hour,
    and nobody has to sign in. Needs the extra 'demo'.
    """
    if demo:
        _serve_demo(host or "127.0.0.1", port or _DEMO_PORT)
        return
    if host is not None:
        fail("--host goes with --demo. For phones in the house: --network")
    settings = stored_settings()
    changes: dict[str, object] = {"enabled": True}
    if port is not None:
        changes["port"] = port
    if network:
        changes["reach"] = "network"
    if tls is not None:
        changes["tls"] = tls
    role: Role | None = None if pair is None else pair.value
    _watch(settings, settings.web.model_copy(update=changes), role)


def add_to(app: typer.Typer) -> None:
    """Add the command to the command line."""
    app.command(epilog=_EXIT_STATUS)(web)


def _watch(settings: Settings, page: WebSettings, pair: Role | None) -> None:
    from fallwatch.headless.command import run_all

    result = run_all(settings, None, web=page, pair=pair)
    if result.error is not None:
        fail(result.error)
    if result.unwritten:
        raise typer.Exit(1)


def _serve_demo(host: str, port: int) -> None:
    from fallwatch.web.demo.page import serve

    try:
        serve(host, port)
    except ModuleNotFoundError as error:
        if error.name != "gradio":
            raise
        fail('Gradio is not installed. Install fallwatch with its extra: pip install ".[demo]"')
    except OSError as error:
        fail(f"The page cannot be served on {host}, port {port} ({error}).")
