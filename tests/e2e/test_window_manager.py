"""The real window under a window manager: an alarm meets a dialog, a close, a minimise, a start."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from fallwatch import paths
from fallwatch.alarms.lifecycle import is_unacknowledged
from fallwatch.core.types import Alarm
from fallwatch.events.store import STORE_FILE, EventStore
from fallwatch.settings import SETTINGS_FILE, Settings, save_settings

_TOOLS = ("Xvfb", "openbox", "xdotool")
_MISSING = [tool for tool in _TOOLS if shutil.which(tool) is None]

pytestmark = pytest.mark.skipif(
    bool(_MISSING) or sys.platform != "linux",
    reason=f"needs an X server and a window manager of its own; missing: {', '.join(_MISSING)}",
)

_PATIENCE_S = 120.0


def wait_for(what: Callable[[], object], words: str) -> None:
    """Wait until something is so."""
    end_s = time.monotonic() + _PATIENCE_S
    while not what():
        assert time.monotonic() < end_s, f"waited in vain: {words}"
        time.sleep(0.1)


class Desktop:
    """An X server with a window manager, and fallwatch on it."""

    def __init__(self, home: Path, display: str) -> None:
        self._environment = {
            **os.environ,
            "DISPLAY": display,
            "FALLWATCH_HOME": str(home),
            "QT_QPA_PLATFORM": "xcb",
        }
        self.store = EventStore(home / "data" / STORE_FILE)
        self.process = self.start()

    def start(self) -> subprocess.Popen[bytes]:
        """Start fallwatch."""
        command = [sys.executable, "-m", "fallwatch"]
        return subprocess.Popen(
            command, env=self._environment, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
        )

    def do(self, *arguments: str) -> str:
        """Press keys or look for windows; what is found, or nothing."""
        done = subprocess.run(
            ["xdotool", *arguments],
            env=self._environment,
            capture_output=True,
            text=True,
            check=False,
            timeout=30,
        )
        assert "Unknown command" not in done.stderr, done.stderr
        return done.stdout.strip()

    def windows(self, title: str) -> list[str]:
        """The windows that can be seen, by a part of their title."""
        return self.do("search", "--onlyvisible", "--name", title).split()

    def waiting(self) -> list[Alarm]:
        """The falls that nobody has answered."""
        return [each for each in self.store.open_alarms() if is_unacknowledged(each)]

    def answer(self) -> None:
        """Press the key until the alarm is answered: it waits until it can have been read."""
        ids = {each.event_id for each in self.waiting()}

        def is_answered() -> bool:
            self.do("key", "F2")
            return not ids & {each.event_id for each in self.waiting()}

        wait_for(is_answered, "the alarm is answered")

    def close_until_refused(self, window: str) -> None:
        """Close the window by its key, again if the key got lost, until the refusal is seen."""

        def is_refused() -> bool:
            self.do("windowactivate", "--sync", window, "key", "alt+F4")
            # The key, pressed again, would close the refusal as well: time to open comes first.
            end_s = time.monotonic() + 10.0
            while not self.windows("An alarm waits") and time.monotonic() < end_s:
                time.sleep(0.1)
            return bool(self.windows("An alarm waits"))

        try:
            wait_for(is_refused, "closing is refused, and said why")
        except AssertionError as error:
            seen = self.do("search", "--onlyvisible", "--name", ".", "getwindowname", "%@")
            pytest.fail(f"{error}\nwindow {window}; seen: {seen!r}; waiting: {self.waiting()}")


def _start_server() -> tuple[subprocess.Popen[bytes], str]:
    """An X server of this test alone, and its display: it chooses a number that is free itself."""
    reading, writing = os.pipe()
    server = subprocess.Popen(
        ["Xvfb", "-displayfd", str(writing), "-screen", "0", "1280x800x24", "-nolisten", "tcp"],
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        pass_fds=(writing,),
    )
    os.close(writing)
    with os.fdopen(reading) as answer:
        number = answer.readline().strip()
    assert number, "the X server has ended"
    return server, f":{number}"


@pytest.fixture
def desktop(tmp_path: Path) -> Iterator[Desktop]:
    demo = paths.resources_dir() / "demo" / "demo_fall.mp4"
    settings = Settings.model_validate(
        {
            "cameras": [{"name": "Hall", "source": str(demo)}],
            "alarm": {"sound_enabled": False},
            "closing": "ask",
        }
    )
    (tmp_path / "config").mkdir()
    save_settings(settings, tmp_path / "config" / SETTINGS_FILE)
    server, display = _start_server()
    manager = subprocess.Popen(
        ["openbox"],
        env={**os.environ, "DISPLAY": display},
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    desktop = Desktop(tmp_path, display)
    yield desktop
    for process in (desktop.process, manager, server):
        process.kill()
        process.wait(30)
    desktop.store.close()


@pytest.mark.timeout(600)
def test_an_alarm_meets_a_dialog_a_close_a_minimise_and_a_second_start(desktop: Desktop) -> None:
    wait_for(lambda: desktop.windows("fallwatch"), "the window is there")
    # Somebody is typing when the fall of the clip comes.
    wait_for(lambda: desktop.do("key", "ctrl+k") or desktop.windows("Add camera"), "the dialog")
    desktop.do("type", "Bedr")
    wait_for(desktop.waiting, "the fall is seen")
    assert desktop.windows("Add camera"), "an alarm must not throw away what is typed"
    desktop.answer()
    assert desktop.windows("Add camera")
    desktop.do("key", "Escape")
    wait_for(lambda: not desktop.windows("Add camera"), "the dialog is closed")
    # A second start brings the first window to the front, and ends.
    assert desktop.start().wait(_PATIENCE_S) == 0
    (window,) = desktop.windows("fallwatch")
    # The clip begins again, and its fall with it: out of sight, the window comes back by itself.
    desktop.do("windowminimize", "--sync", window)
    wait_for(desktop.waiting, "the fall is seen again")
    wait_for(lambda: desktop.windows("fallwatch"), "the window is seen again")
    # Whoever closes it now has to answer first.
    desktop.close_until_refused(window)
    desktop.answer()
    assert desktop.process.poll() is None
    assert desktop.windows("fallwatch")
    desktop.process.send_signal(signal.SIGTERM)
    assert desktop.process.wait(_PATIENCE_S) == 0
