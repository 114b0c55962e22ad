"""Exit statuses, and one way of failing for all commands: one sentence on standard error."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import NoReturn

import typer

#: Exit statuses: the job was done; it ran and the answer is no; bad usage or input.
DONE, NO, BAD_INPUT = 0, 1, 2

#: The same, below the help of a command.
EXIT_STATUS = "Exit status: 0 done, 1 the answer is no, 2 bad usage or input."


def fail(message: str) -> NoReturn:
    """End the command with a sentence that names what failed and the remedy."""
    typer.secho(f"Error: {message}", err=True, fg=typer.colors.RED)
    raise typer.Exit(BAD_INPUT)


@contextmanager
def readable_errors() -> Iterator[None]:
    """What goes wrong for a reason a person can act on is one sentence, not a traceback."""
    from fallwatch.classifiers.manifest import WeightsError
    from fallwatch.events.store import StoreError
    from fallwatch.headless.command import HeadlessError
    from fallwatch.pose.networks import PoseModelError

    try:
        yield
    except (WeightsError, PoseModelError, StoreError, HeadlessError) as error:
        fail(str(error))
