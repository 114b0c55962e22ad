"""One way of failing for all commands: one sentence on standard error."""

from __future__ import annotations

from typing import NoReturn

import typer

#: Exit status of bad usage or input.
BAD_INPUT = 2


def fail(message: str) -> NoReturn:
    """End the command with a sentence that names what failed and the remedy."""
    typer.secho(f"Error: {message}", err=True, fg=typer.colors.RED)
    raise typer.Exit(BAD_INPUT)
