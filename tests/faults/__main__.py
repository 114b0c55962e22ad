"""``python -m tests.faults NAME``: the long forms of the fault tests."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from tests.faults.registry import find_commands


def main(arguments: list[str] | None = None) -> int:
    """Run one command; print its table.

    Returns:
        0 if every promise was kept, 1 if not.
    """
    parser = argparse.ArgumentParser(
        prog="python -m tests.faults",
        description="Break things on purpose, and tell what fallwatch makes of it.",
    )
    commands = find_commands()
    parsers = parser.add_subparsers(dest="command", required=True, metavar="NAME")
    for command in commands.values():
        sub = parsers.add_parser(command.name, help=command.help, description=command.help)
        sub.add_argument("--json", type=Path, metavar="FILE", help="write all figures here too")
        command.add_arguments(sub)
    parsed = parser.parse_args(arguments)
    report = commands[parsed.command].run(parsed)
    sys.stdout.write(report.markdown() + "\n")
    if parsed.json is not None:
        parsed.json.write_text(report.json() + "\n", encoding="utf-8")
    return 0 if report.kept else 1


if __name__ == "__main__":
    raise SystemExit(main())
