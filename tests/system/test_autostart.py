from __future__ import annotations

import plistlib
import shlex
import sys
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from fallwatch.system.autostart import AutostartError, FileEntry, RegistryEntry, autostart

START = [sys.executable, "-m", "fallwatch"]


def test_on_linux_it_is_a_desktop_entry(tmp_path: Path) -> None:
    entry = autostart("linux", tmp_path)
    assert not entry.is_on()
    entry.set_on(True)
    assert entry.is_on()
    text = (tmp_path / ".config" / "autostart" / "fallwatch.desktop").read_text()
    line = next(line for line in text.splitlines() if line.startswith("Exec="))
    assert shlex.split(line.removeprefix("Exec=")) == START
    entry.set_on(False)
    entry.set_on(False)
    assert not entry.is_on()


def test_on_macos_it_is_a_launch_agent(tmp_path: Path) -> None:
    entry = autostart("darwin", tmp_path)
    entry.set_on(True)
    (path,) = (tmp_path / "Library" / "LaunchAgents").iterdir()
    agent = plistlib.loads(path.read_bytes())
    assert (agent["ProgramArguments"], agent["RunAtLoad"]) == (START, True)


class FakeRegistry(SimpleNamespace):
    HKEY_CURRENT_USER, KEY_SET_VALUE, REG_SZ = 1, 2, 3

    def __init__(self) -> None:
        super().__init__(values={})

    def OpenKey(self, *_: object) -> FakeRegistry:
        return self

    def __enter__(self) -> FakeRegistry:
        return self

    def __exit__(self, *_: object) -> None:
        pass

    def QueryValueEx(self, key: object, name: str) -> Any:
        if name not in self.values:
            raise FileNotFoundError(name)
        return self.values[name], self.REG_SZ

    def SetValueEx(self, key: object, name: str, _: int, kind: int, value: str) -> None:
        self.values[name] = value

    def DeleteValue(self, key: object, name: str) -> None:
        del self.values[name]


def test_on_windows_it_is_a_value_in_the_registry() -> None:
    registry = FakeRegistry()
    entry = RegistryEntry('"python" "-m" "fallwatch"', registry)
    entry.set_on(False)
    entry.set_on(True)
    assert entry.is_on()
    assert registry.values == {"fallwatch": '"python" "-m" "fallwatch"'}
    entry.set_on(False)
    assert not entry.is_on()

    registry.values = {"fallwatch": '"gone.exe" "-m" "fallwatch"'}
    assert entry.renew()
    assert registry.values == {"fallwatch": '"python" "-m" "fallwatch"'}
    registry.values = {"fallwatch": f'"{sys.executable}" "-m" "fallwatch"'}
    assert not entry.renew()
    registry.values = {}
    assert not entry.renew()
    assert registry.values == {}


@pytest.mark.parametrize("platform", ["linux", "darwin"])
def test_an_entry_whose_program_was_moved_is_renewed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, platform: str
) -> None:
    entry = autostart(platform, tmp_path)
    assert not entry.renew()
    assert not entry.is_on()
    other = tmp_path / 'old "place"' / "fallwatch"
    other.parent.mkdir()
    other.write_text("")
    monkeypatch.setattr(sys, "frozen", True, raising=False)
    monkeypatch.setattr(sys, "executable", str(other))
    monkeypatch.delenv("APPIMAGE", raising=False)
    autostart(platform, tmp_path).set_on(True)
    # Another installation that is there has its reason.
    assert not entry.renew()
    other.unlink()
    assert entry.renew()
    monkeypatch.undo()
    assert not autostart(platform, tmp_path).renew()
    assert entry.is_on()


@pytest.mark.parametrize("content", [b"", b"Exec=", b"<?xml", b"Exec='", b"\xff"])
def test_an_entry_that_nobody_can_read_stays(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "fallwatch.desktop"
    path.write_bytes(content)
    assert not FileEntry(path, b"ours").renew()
    assert path.read_bytes() == content


def test_what_cannot_be_written_is_said(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("in the way")
    entry = FileEntry(tmp_path / "file" / "fallwatch.desktop", b"")
    with pytest.raises(AutostartError, match="could not be changed"):
        entry.set_on(True)
