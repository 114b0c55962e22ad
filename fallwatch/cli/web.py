"""``fallwatch web --demo``: the demo page."""

from __future__ import annotations

from typing import Annotated

import typer

_EXIT_STATUS = "Exit status: 0 ended by Ctrl-C or SIGTERM, 2 bad usage, or it cannot be served."


def web(
    demo: Annotated[
        bool, typer.Option("--demo", help="The demo page: a picture or clip in, the verdict out.")
    ] = False,
    host: Annotated[
        str, typer.Option("--host", help="Address to serve on; by default this computer alone.")
    ] = "127.0.0.1",
    port: Annotated[int, typer.Option("--port", min=1, max=65535)] = 7860,
) -> None:
    """Serve the demo page. Needs the extra 'demo' of the installation.

    Files are judged on this computer and deleted within an hour. Nothing watches a room in here,
    and nobody has to sign in: let only those reach it who may use this computer's time.
    """
    if not demo:
        _fail("Say which page: fallwatch web --demo.")
    from fallwatch.web.demo.page import serve

    try:
        serve(host, port)
    except ModuleNotFoundError as error:
        if error.name != "gradio":
            raise
        _fail('Gradio is not installed. Install fallwatch with its extra: pip install ".[demo]"')
    except OSError as error:
        _fail(f"The page cannot be served on {host}, port {port} ({error}).")


def add_to(app: typer.Typer) -> None:
    """Add the command to the command line."""
    app.command(epilog=_EXIT_STATUS)(web)


def _fail(message: str) -> None:
    typer.secho(f"Error: {message}", err=True, fg=typer.colors.RED)
    raise typer.Exit(2)
