"""Starts fallwatch with the computer: one small entry where the system looks for such."""

from __future__ import annotations

import importlib
import os
import plistlib
import shlex
import sys
from pathlib import Path
from typing import Any, Protocol
from xml.parsers.expat import ExpatError

from fallwatch.core.message import Message, MessageError
from fallwatch.system.program.own_command import window_command

_NAME = "fallwatch"
_RUN_KEY = r"Software\Microsoft\Windows\CurrentVersion\Run"


class AutostartError(MessageError):
    """The entry could not be written or removed. The message says why and what to do."""


class Autostart(Protocol):
    """Whether fallwatch starts when this person logs in."""

    def is_on(self) -> bool:
        """Whether it does now."""
        ...

    def set_on(self, on: bool) -> None:
        """Have it start, or not.

        Raises:
            AutostartError: The system did not let us.
        """
        ...

    def renew(self) -> bool:
        """Have it start this program, if it does start one that is no longer there.

        A bundle that was moved, or an environment that was deleted, would otherwise end the watch
        at the next start of the computer, without a word.

        Returns:
            Whether it had to be changed.

        Raises:
            AutostartError: The system did not let us.
        """
        ...


class FileEntry:
    """An entry that is a file: a desktop entry, as on Linux, or a launch agent, as on macOS.

    Args:
        path: The file.
        content: What stands in it.
    """

    def __init__(self, path: Path, content: bytes) -> None:
        self._path = path
        self._content = content

    def is_on(self) -> bool:
        """See `Autostart.is_on`."""
        return self._path.is_file()

    def set_on(self, on: bool) -> None:
        """See `Autostart.set_on`."""
        try:
            if on:
                self._path.parent.mkdir(parents=True, exist_ok=True)
                self._path.write_bytes(self._content)
            else:
                self._path.unlink(missing_ok=True)
        except OSError as error:
            raise _refused(str(self._path), error) from error

    def renew(self) -> bool:
        """See `Autostart.renew`."""
        try:
            stored = self._path.read_bytes()
        except OSError:
            return False
        if stored == self._content or not _is_gone(_program_of(stored)):
            return False
        self.set_on(True)
        return True


class RegistryEntry:
    """An entry in the registry of Windows.

    Args:
        command: What to start.
        winreg: The module ``winreg``.
    """

    def __init__(self, command: str, winreg: Any) -> None:
        self._command = command
        self._winreg = winreg

    def is_on(self) -> bool:
        """See `Autostart.is_on`."""
        reg = self._winreg
        try:
            with reg.OpenKey(reg.HKEY_CURRENT_USER, _RUN_KEY) as key:
                reg.QueryValueEx(key, _NAME)
        except OSError:
            return False
        return True

    def set_on(self, on: bool) -> None:
        """See `Autostart.set_on`."""
        reg = self._winreg
        try:
            with reg.OpenKey(reg.HKEY_CURRENT_USER, _RUN_KEY, 0, reg.KEY_SET_VALUE) as key:
                if on:
                    reg.SetValueEx(key, _NAME, 0, reg.REG_SZ, self._command)
                elif self.is_on():
                    reg.DeleteValue(key, _NAME)
        except OSError as error:
            raise _refused(Message("The registry"), error) from error

    def renew(self) -> bool:
        """See `Autostart.renew`."""
        reg = self._winreg
        try:
            with reg.OpenKey(reg.HKEY_CURRENT_USER, _RUN_KEY) as key:
                stored = str(reg.QueryValueEx(key, _NAME)[0])
        except OSError:
            return False
        if stored == self._command or not _is_gone(stored.strip('"').partition('"')[0]):
            return False
        self.set_on(True)
        return True


def autostart(platform: str = sys.platform, home: Path | None = None) -> Autostart:
    """The entry of this system.

    Args:
        platform: As ``sys.platform`` says.
        home: The person's folder.
    """
    command = window_command(platform)
    folder = home or Path.home()
    if platform == "win32":
        quoted = " ".join(f'"{part}"' for part in command)
        return RegistryEntry(quoted, importlib.import_module("winreg"))
    if platform == "darwin":
        content = plistlib.dumps({"Label": _NAME, "ProgramArguments": command, "RunAtLoad": True})
        return FileEntry(folder / "Library" / "LaunchAgents" / f"{_NAME}.plist", content)
    config = Path(os.environ.get("XDG_CONFIG_HOME") or folder / ".config")
    if home is not None:
        config = home / ".config"
    return FileEntry(config / "autostart" / f"{_NAME}.desktop", _desktop_entry(command))


def _desktop_entry(command: list[str]) -> bytes:
    # The Desktop Entry Specification: within quotes, these four characters are escaped.
    escaped = [part.replace("\\", r"\\") for part in command]
    for character in '"`$':
        escaped = [part.replace(character, f"\\{character}") for part in escaped]
    line = " ".join(f'"{part}"' for part in escaped)
    return (
        "[Desktop Entry]\nType=Application\nName=fallwatch\n"
        "Comment=Watches rooms and says when somebody falls\n"
        f"Exec={line}\nTerminal=false\n"
    ).encode()


def _program_of(entry: bytes) -> str | None:
    """The program that a desktop entry or a launch agent starts; None if none can be read."""
    try:
        if entry.lstrip().startswith(b"<?xml"):
            return str(plistlib.loads(entry)["ProgramArguments"][0])
        lines = entry.decode().splitlines()
        (line,) = (each for each in lines if each.startswith("Exec="))
        return shlex.split(line.removeprefix("Exec="))[0]
    except (ValueError, KeyError, IndexError, plistlib.InvalidFileException, ExpatError):
        return None


def _is_gone(program: str | None) -> bool:
    return program is not None and not Path(program).exists()


def _refused(place: Message | str, error: OSError) -> AutostartError:
    return AutostartError(
        Message(
            "{0} could not be changed ({1}), so fallwatch starts with the computer as "
            "before. Check that you may write there, and choose it again.",
            (place, error.strerror or str(error)),
        )
    )
