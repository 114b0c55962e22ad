"""The computer's loudspeaker, through playsound3.

What playsound3 does not tell, and this module makes up for:

- A player that fails does so in its own process or thread, after ``playsound`` has returned. The
  caller has to look whether the sound is still alive.
- Windows' player counts a sound that never plays as playing. `WindowsSound` takes its place.
- GStreamer's player, which playsound3 prefers on Linux, plays to nowhere and reports success on a
  computer without any sound output (seen with 1.22). So the output is looked for first, and
  ``aplay``, which does fail then, is preferred.
"""

from __future__ import annotations

import contextlib
import ctypes
import importlib
import json
import logging
import os
import subprocess
import sys
import threading
from collections.abc import Sequence
from pathlib import Path
from subprocess import SubprocessError
from typing import Any, Protocol, cast

from fallwatch.core.message import Message
from fallwatch.core.protocols import ChannelError

_log = logging.getLogger(__name__)

#: Name of Windows' own player.
_WINDOWS = "winsound"

_MAC_LIST = ("system_profiler", "-json", "SPAudioDataType")
_LIST_S = 10.0

NO_PLAYER = Message(
    "Alarms cannot sound: this computer has no program that plays sounds. "
    "On Debian or Ubuntu install the packages alsa-utils and mpg123, then restart fallwatch."
)
NO_OUTPUT = Message(
    "Alarms cannot sound: this computer has no sound output. "
    "Connect a loudspeaker, or switch the sound device on in the system's settings."
)


class Playing(Protocol):
    """A sound that has been started."""

    def is_alive(self) -> bool:
        """True until the player has ended."""
        ...

    def stop(self) -> None:
        """End it at once."""
        ...


class AudioPlayer(Protocol):
    """Something that starts sounds."""

    def backends(self) -> list[str]:
        """Names of the ways to play on this computer, best first.

        Raises:
            ChannelError: There is none, or no output; the message says what to do.
        """
        ...

    def play(self, path: Path, backend: str) -> Playing:
        """Start a sound and return without waiting for its end.

        Raises:
            ChannelError: It did not start.
        """
        ...


class WindowsSound:
    """A sound of Windows' own player, waited for on a thread: it fails where nothing is heard.

    Args:
        path: A WAV file.
        winsound: The module of that name.
    """

    def __init__(self, path: Path, winsound: Any) -> None:
        self._path, self._winsound = path, winsound
        self._thread = threading.Thread(target=self._play, name="sound", daemon=True)
        self._thread.start()

    def is_alive(self) -> bool:
        """See `Playing.is_alive`."""
        return self._thread.is_alive()

    def stop(self) -> None:
        """See `Playing.stop`."""
        with contextlib.suppress(RuntimeError):
            self._winsound.PlaySound(None, 0)

    def _play(self) -> None:
        flags = self._winsound.SND_FILENAME | self._winsound.SND_NODEFAULT
        try:
            self._winsound.PlaySound(str(self._path), flags)
        except RuntimeError as error:  # Its end is what tells.
            _log.error("Windows cannot play %s (%s).", self._path.name, error)


class SystemPlayer:
    """The real loudspeaker."""

    def backends(self) -> list[str]:
        """As `AudioPlayer.backends`."""
        if sys.platform == "win32":
            if not _has_output():
                raise ChannelError(NO_OUTPUT)
            return [_WINDOWS]
        # What it would print when it finds no player is said better below.
        logging.getLogger("playsound3").addHandler(logging.NullHandler())
        # Imported here: the import starts several programs to see which are there.
        import playsound3

        found = list(playsound3.AVAILABLE_BACKENDS)
        if not found:
            raise ChannelError(NO_PLAYER)
        if not _has_output():
            raise ChannelError(NO_OUTPUT)
        return sorted(found, key=lambda name: name != "alsa")

    def play(self, path: Path, backend: str) -> Playing:
        """As `AudioPlayer.play`."""
        if backend == _WINDOWS:
            return WindowsSound(path, importlib.import_module("winsound"))
        import playsound3

        try:
            sound = playsound3.playsound(path, block=False, backend=backend)
        except (playsound3.PlaysoundException, OSError, SubprocessError) as error:
            raise ChannelError(
                Message("The player {0} did not start ({1}).", (backend, str(error)))
            ) from error
        return cast(Playing, sound)


def _has_output() -> bool:
    """Whether the system knows an output; True where it cannot be asked without a sound."""
    if sys.platform == "win32":
        return int(ctypes.windll.winmm.waveOutGetNumDevs()) > 0
    if sys.platform == "darwin":
        return mac_has_output()
    return sys.platform != "linux" or linux_has_output()


def mac_has_output(command: Sequence[str] = _MAC_LIST) -> bool:
    """Whether macOS lists a device that sounds come out of; True where it does not answer.

    Args:
        command: What lists the devices, as JSON.
    """
    try:
        done = subprocess.run(command, capture_output=True, timeout=_LIST_S, check=True)
        groups = json.loads(done.stdout)["SPAudioDataType"]
        devices = [device for group in groups for device in group["_items"]]
    except (OSError, SubprocessError, ValueError, KeyError, TypeError):
        return True
    return any("coreaudio_device_output" in device for device in devices)


def linux_has_output(cards: Path = Path("/proc/asound/cards")) -> bool:
    """Whether a sound card, or a sound server that may lead to one elsewhere, is there.

    Args:
        cards: The kernel's list of sound cards. Each begins with its number; a list without any
            says ``--- no soundcards ---``.
    """
    try:
        lines = cards.read_text(errors="replace").splitlines()
    except OSError:
        lines = []
    if any(line.strip()[:1].isdigit() for line in lines):
        return True
    if os.environ.get("PULSE_SERVER"):
        return True
    runtime = os.environ.get("XDG_RUNTIME_DIR")
    return runtime is not None and any(
        (Path(runtime) / socket).exists() for socket in ("pulse/native", "pipewire-0")
    )
