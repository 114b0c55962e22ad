"""The command that starts the program again: from pip, and from each system's bundle."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

import pytest

from fallwatch.system.program.own_command import own_command, window_command
from tests.repository import REPOSITORY


def bundled(monkeypatch: pytest.MonkeyPatch, program: Path, platform: str) -> None:
    program.write_bytes(b"")
    monkeypatch.setattr(sys, "frozen", True, raising=False)
    monkeypatch.setattr(sys, "executable", str(program))
    monkeypatch.setattr(sys, "platform", platform)


def test_installed_by_pip_it_starts() -> None:
    done = subprocess.run(own_command("--version"), capture_output=True, text=True, timeout=60)
    assert done.stdout.startswith("fallwatch ")
    assert own_command("a", module="fallwatch.b")[1:] == ["-m", "fallwatch.b", "a"]
    assert window_command("linux") == [sys.executable, "-m", "fallwatch"]


def test_a_bundle_starts_itself(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    program = tmp_path / "fallwatch"
    bundled(monkeypatch, program, "linux")
    monkeypatch.delenv("APPIMAGE", raising=False)
    assert own_command("evaluate", "x") == [str(program), "evaluate", "x"]
    assert own_command("a", module="fallwatch.b") == [str(program), "-m", "fallwatch.b", "a"]
    assert window_command("linux") == [str(program)]
    # Its unpacked folder has another name each time.
    monkeypatch.setenv("APPIMAGE", "/home/anna/fallwatch.AppImage")
    assert window_command("linux") == ["/home/anna/fallwatch.AppImage"]


def test_on_windows_the_window_has_no_console_and_what_is_read_has_one(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    bundled(monkeypatch, tmp_path / "fallwatch.exe", "win32")
    assert own_command("doctor") == [str(tmp_path / "fallwatch.exe"), "doctor"]
    (tmp_path / "fallwatch-console.exe").write_bytes(b"")
    assert own_command("doctor") == [str(tmp_path / "fallwatch-console.exe"), "doctor"]
    monkeypatch.setattr(sys, "executable", str(tmp_path / "fallwatch-console.exe"))
    assert window_command("win32") == [str(tmp_path / "fallwatch.exe")]


def test_python_on_windows_opens_no_console(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sys, "executable", str(tmp_path / "python.exe"))
    assert window_command("win32") == [str(tmp_path / "python.exe"), "-m", "fallwatch"]
    (tmp_path / "pythonw.exe").write_bytes(b"")
    assert window_command("win32") == [str(tmp_path / "pythonw.exe"), "-m", "fallwatch"]


def test_nothing_else_starts_the_interpreter() -> None:
    found = {
        str(path.relative_to(REPOSITORY).as_posix())
        for path in (REPOSITORY / "fallwatch").rglob("*.py")
        if re.search(r"\bsys\.executable\b", path.read_text(encoding="utf-8"))
    }
    # Training has an interpreter: it is never part of a bundle.
    assert found == {"fallwatch/system/program/own_command.py", "fallwatch/cli/main.py"}
