"""Keeping the computer awake: what Windows, macOS and Linux offer a program for it."""

from __future__ import annotations

import ctypes
import os
import shutil
import subprocess
import sys
import threading
from pathlib import Path
from typing import Protocol

from fallwatch.core.message import Message, MessageError, plain

#: Exists where systemd runs the computer; see sd_booted(3).
_SYSTEMD = Path("/run/systemd/system")

#: A refused request ends this soon.
_REFUSED_WITHIN_S = 2.0

# Flags of SetThreadExecutionState, winbase.h.
_ES_SYSTEM_REQUIRED, _ES_DISPLAY_REQUIRED, _ES_CONTINUOUS = 0x1, 0x2, 0x80000000

_WHY = "fallwatch is watching a room"


class KeepAwakeError(MessageError):
    """The system does not promise to stay awake. The message says what to do."""


class Inhibitor(Protocol):
    """A promise of the system not to go to sleep by itself. One thread uses it."""

    @property
    def is_held(self) -> bool:
        """Whether the promise stands."""
        ...

    def hold(self, *, display: bool) -> None:
        """Ask for the promise, instead of the one there is.

        Args:
            display: Whether the display has to stay on, too.

        Raises:
            KeepAwakeError: The system refuses.
        """
        ...

    def release(self) -> None:
        """Let the computer sleep again. Safe to call twice."""
        ...


def system_inhibitor() -> Inhibitor | None:
    """What this system offers; None where nothing puts the computer to sleep, as on a server."""
    if sys.platform == "win32":
        return WindowsInhibitor()
    if sys.platform == "darwin":
        return CommandInhibitor(
            ["caffeinate", "-i", "-s", "-w", str(os.getpid())],
            ["caffeinate", "-i", "-s", "-d", "-w", str(os.getpid())],
        )
    if not _SYSTEMD.is_dir():
        return None
    # It ends with its standard input, and so with this process, however that ends.
    line = ["systemd-inhibit", "--what=sleep:idle", "--who=fallwatch", f"--why={_WHY}", "cat"]
    return CommandInhibitor(line, line, light_up=["xset", "dpms", "force", "on"])


class CommandInhibitor:
    """A program of the system that keeps it awake for as long as the program runs.

    Args:
        command: Program and arguments.
        with_display: The same for the display, too.
        light_up: Switches a dark display on, where the program cannot keep it on.
    """

    def __init__(
        self, command: list[str], with_display: list[str], *, light_up: list[str] | None = None
    ) -> None:
        self._commands = {False: command, True: with_display}
        self._light_up = light_up
        self._process: subprocess.Popen[bytes] | None = None
        self._display = False

    @property
    def is_held(self) -> bool:
        """See `Inhibitor.is_held`."""
        return self._process is not None and self._process.poll() is None

    def hold(self, *, display: bool) -> None:
        """See `Inhibitor.hold`."""
        if display and self._light_up and shutil.which(self._light_up[0]):
            subprocess.run(self._light_up, capture_output=True, check=False, timeout=5)
        if self.is_held and self._commands[display] == self._commands[self._display]:
            return
        before = self._process
        self._process, self._display = self._started(self._commands[display]), display
        _end(before)

    def release(self) -> None:
        """See `Inhibitor.release`."""
        process, self._process = self._process, None
        _end(process)

    def _started(self, command: list[str]) -> subprocess.Popen[bytes]:
        pipe, nothing = subprocess.PIPE, subprocess.DEVNULL
        try:
            process = subprocess.Popen(command, stdin=pipe, stdout=nothing, stderr=pipe)
        except OSError as error:
            raise _refused(error.strerror or str(error)) from error
        try:
            process.wait(_REFUSED_WITHIN_S)
        except subprocess.TimeoutExpired:
            return process
        words = process.stderr.read() if process.stderr else b""
        _end(process)
        raise _refused(words.decode(errors="replace").strip() or f"{command[0]} ended")


class WindowsInhibitor:
    """The execution state of a thread that lives for as long as it is wanted."""

    def __init__(self) -> None:
        self._flags = 0
        self._thread: threading.Thread | None = None
        self._changed = threading.Condition()
        self._answer: int | None = None

    @property
    def is_held(self) -> bool:
        """See `Inhibitor.is_held`."""
        return self._thread is not None and self._thread.is_alive()

    def hold(self, *, display: bool) -> None:
        """See `Inhibitor.hold`."""
        flags = _ES_CONTINUOUS | _ES_SYSTEM_REQUIRED | (_ES_DISPLAY_REQUIRED if display else 0)
        if self.is_held and flags == self._flags:
            return
        if not self._set(flags):
            raise _refused("SetThreadExecutionState")

    def release(self) -> None:
        """See `Inhibitor.release`."""
        if self.is_held:
            self._set(_ES_CONTINUOUS)
            thread, self._thread = self._thread, None
            with self._changed:
                self._flags = 0
                self._changed.notify_all()
            if thread is not None:
                thread.join(1.0)

    def _set(self, flags: int) -> bool:
        with self._changed:
            self._flags, self._answer = flags, None
            if self._thread is None:
                self._thread = threading.Thread(
                    target=self._run, name="fallwatch keep awake", daemon=True
                )
                self._thread.start()
            self._changed.notify_all()
            self._changed.wait_for(lambda: self._answer is not None, _REFUSED_WITHIN_S)
            return bool(self._answer)

    def _run(self) -> None:
        with self._changed:
            while self._flags:
                # 0 means that it was refused; the state holds while this thread lives.
                windll = ctypes.windll  # type: ignore[attr-defined, unused-ignore]
                self._answer = int(windll.kernel32.SetThreadExecutionState(self._flags))
                self._changed.notify_all()
                wanted = self._flags
                self._changed.wait_for(lambda wanted=wanted: self._flags != wanted)  # type: ignore[misc]


def _refused(reason: str) -> KeepAwakeError:
    return KeepAwakeError(
        Message(
            "This computer may go to sleep while it watches ({0}). In the system's power settings, "
            "set it to never sleep while plugged in.",
            (plain(reason.rstrip(".")),),
        )
    )


def _end(process: subprocess.Popen[bytes] | None) -> None:
    if process is None:
        return
    for stream in (process.stdin, process.stderr):
        if stream is not None:
            stream.close()
    process.terminate()
    process.wait()
