"""Finds the fault commands: one module of ``tests.faults.drills`` each."""

from __future__ import annotations

import argparse
import importlib
import pkgutil
from collections.abc import Callable
from dataclasses import dataclass

from tests.faults.report import Report


@dataclass(frozen=True, slots=True)
class Command:
    """One subcommand of ``python -m tests.faults``.

    A module of ``tests.faults.drills`` that holds one as ``COMMAND`` is found by itself. Heavy
    imports belong into ``run``: every module is imported to list the commands.

    Attributes:
        name: As it is typed.
        help: One line.
        add_arguments: Adds the command's options.
        run: Does it, with progress on standard error.
    """

    name: str
    help: str
    add_arguments: Callable[[argparse.ArgumentParser], None]
    run: Callable[[argparse.Namespace], Report]


def find_commands() -> dict[str, Command]:
    """All commands by name, in alphabetical order.

    Raises:
        ValueError: Two modules give their command the same name.
    """
    package = importlib.import_module("tests.faults.drills")
    found: dict[str, Command] = {}
    for module in sorted(pkgutil.iter_modules(package.__path__), key=lambda each: each.name):
        drill = importlib.import_module(f"tests.faults.drills.{module.name}")
        command = getattr(drill, "COMMAND", None)
        if isinstance(command, Command):
            if command.name in found:
                raise ValueError(f"there are two fault commands named {command.name!r}")
            found[command.name] = command
    return dict(sorted(found.items()))
