"""A program of the system keeps it awake, and says when it refuses."""

from __future__ import annotations

import os
import stat
from pathlib import Path

import pytest

from fallwatch.system import keep_awake
from fallwatch.system.keep_awake import CommandInhibitor, KeepAwakeError, system_inhibitor
from tests.waiting import wait_until

pytestmark = pytest.mark.skipif(os.name == "nt", reason="scripts stand in for programs")


def program(folder: Path, name: str, script: str) -> Path:
    folder.mkdir(exist_ok=True)
    path = folder / name
    path.write_text(f"#!/bin/sh\n{script}\n")
    path.chmod(path.stat().st_mode | stat.S_IXUSR)
    return path


def test_the_computer_is_kept_awake_for_as_long_as_it_is_wanted(tmp_path: Path) -> None:
    log = tmp_path / "log"
    line = [str(program(tmp_path, "inhibit", f'echo "on $$" >> {log}; exec cat'))]
    inhibitor = CommandInhibitor(line, line)
    assert not inhibitor.is_held
    inhibitor.hold(display=False)
    inhibitor.hold(display=True)
    assert inhibitor.is_held
    (pid,) = (int(each.split()[1]) for each in log.read_text().splitlines())
    inhibitor.release()
    inhibitor.release()
    assert not inhibitor.is_held
    with pytest.raises(ProcessLookupError):
        os.kill(pid, 0)


def test_the_display_is_kept_on_by_another_request(tmp_path: Path) -> None:
    log = tmp_path / "log"
    script = program(tmp_path, "inhibit", f'echo "$1" >> {log}; exec cat')
    inhibitor = CommandInhibitor([str(script), "plain"], [str(script), "display"])
    inhibitor.hold(display=False)
    inhibitor.hold(display=True)
    inhibitor.hold(display=False)
    inhibitor.release()
    assert log.read_text().split() == ["plain", "display", "plain"]


@pytest.mark.parametrize(
    ("script", "words"),
    [("echo 'Access denied' >&2; exit 1", "Access denied"), ("exit 0", "inhibit ended")],
)
def test_a_refusal_says_why_and_what_to_do(tmp_path: Path, script: str, words: str) -> None:
    line = [str(program(tmp_path, "inhibit", script))]
    inhibitor = CommandInhibitor(line, line)
    with pytest.raises(KeepAwakeError, match=words) as refused:
        inhibitor.hold(display=False)
    assert "power settings" in str(refused.value)
    assert not inhibitor.is_held


def test_a_program_that_is_missing_is_a_refusal() -> None:
    with pytest.raises(KeepAwakeError, match="power settings"):
        CommandInhibitor(["/no/such/program"], ["/no/such/program"]).hold(display=False)


def test_a_program_that_ends_later_is_noticed(tmp_path: Path) -> None:
    line = [str(program(tmp_path, "inhibit", "sleep 2.3"))]
    inhibitor = CommandInhibitor(line, line)
    inhibitor.hold(display=False)
    wait_until(lambda: not inhibitor.is_held)
    inhibitor.release()


@pytest.mark.skipif(not Path("/proc").is_dir(), reason="Linux only")
def test_linux_is_asked_through_logind(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    log = tmp_path / "log"
    program(tmp_path / "bin", "systemd-inhibit", f'echo "$@" > {log}; exec cat')
    monkeypatch.setenv("PATH", f"{tmp_path / 'bin'}:{os.environ['PATH']}")
    monkeypatch.setattr(keep_awake, "_SYSTEMD", tmp_path)
    inhibitor = system_inhibitor()
    assert inhibitor is not None
    inhibitor.hold(display=False)
    inhibitor.release()
    assert "--what=sleep:idle --who=fallwatch" in log.read_text()


def test_without_a_system_that_sleeps_nothing_is_asked(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(keep_awake.sys, "platform", "linux")
    assert system_inhibitor() is None


def test_the_other_systems_have_their_own_way(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(keep_awake.sys, "platform", "darwin")
    assert isinstance(system_inhibitor(), CommandInhibitor)
    monkeypatch.setattr(keep_awake.sys, "platform", "win32")
    assert isinstance(system_inhibitor(), keep_awake.WindowsInhibitor)


def test_windows_is_asked_by_a_thread_that_lives_on(monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[int] = []

    class Kernel:
        def SetThreadExecutionState(self, flags: int) -> int:
            asked.append(flags)
            return 1

    class Libraries:
        kernel32 = Kernel()

    monkeypatch.setattr(keep_awake.ctypes, "windll", Libraries(), raising=False)
    inhibitor = keep_awake.WindowsInhibitor()
    inhibitor.hold(display=False)
    inhibitor.hold(display=False)
    inhibitor.hold(display=True)
    assert inhibitor.is_held
    inhibitor.release()
    inhibitor.release()
    assert not inhibitor.is_held
    assert asked == [0x80000001, 0x80000003, 0x80000000]


def test_windows_may_refuse(monkeypatch: pytest.MonkeyPatch) -> None:
    class Kernel:
        def SetThreadExecutionState(self, flags: int) -> int:
            return 0

    class Libraries:
        kernel32 = Kernel()

    monkeypatch.setattr(keep_awake.ctypes, "windll", Libraries(), raising=False)
    inhibitor = keep_awake.WindowsInhibitor()
    with pytest.raises(KeepAwakeError, match="power settings"):
        inhibitor.hold(display=False)
    inhibitor.release()
