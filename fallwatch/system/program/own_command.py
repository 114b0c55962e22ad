"""The command that starts this very program again, installed by pip or as a desktop bundle.

In a bundle there is no interpreter: the program takes ``-m MODULE`` itself, for fallwatch's own
modules (see ``resources/packaging/start.py``). Windows has two programs there and here, of which
one opens no console.
"""

from __future__ import annotations

import os
import sys
from pathlib import Path

_NAME = "fallwatch"

#: The bundle's program for the console, on Windows.
CONSOLE_PROGRAM = "fallwatch-console.exe"


def is_bundle() -> bool:
    """Whether this is the desktop bundle, which has no pip and no training."""
    return bool(getattr(sys, "frozen", False))


def program_path() -> Path:
    """The bundle's program; the interpreter where fallwatch is installed by pip."""
    return Path(sys.executable)


def own_command(*arguments: str, module: str = _NAME) -> list[str]:
    """Program and arguments of another process of this program, whose output is read.

    Args:
        arguments: Passed on.
        module: One of fallwatch's modules to run instead.
    """
    program = program_path()
    if not is_bundle():
        return [str(program), "-m", module, *arguments]
    if sys.platform == "win32" and (program.parent / CONSOLE_PROGRAM).is_file():
        program = program.parent / CONSOLE_PROGRAM
    return [str(program), *([] if module == _NAME else ["-m", module]), *arguments]


def window_command(platform: str = sys.platform) -> list[str]:
    """Program and arguments that open the window, without a console; they last over a restart.

    Args:
        platform: As ``sys.platform`` says.
    """
    program = program_path()
    if is_bundle():
        if platform == "win32":
            return [str(program.parent / f"{_NAME}.exe")]
        # What an AppImage has unpacked is gone after its end; this is the file itself.
        return [os.environ.get("APPIMAGE") or str(program)]
    if platform == "win32":
        without_console = program.with_name("pythonw.exe")
        program = without_console if without_console.is_file() else program
    return [str(program), "-m", _NAME]
