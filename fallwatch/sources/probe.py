"""Trying a camera before it is watched. Opens devices: not on the window's thread."""

from __future__ import annotations

import json
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from subprocess import SubprocessError

from fallwatch.core.protocols import FrameSource, SourceError
from fallwatch.core.types import Frame

#: A camera just opened often begins with dark images.
_SETTLE_FRAMES = 8

#: Where no list of webcams can be had, these numbers are tried.
_TRIED = range(4)

_ON_LINUX: bool = sys.platform == "linux"
_DEVICES = Path("/sys/class/video4linux")

_MAC_LIST = ("system_profiler", "-json", "SPCameraDataType")
_WINDOWS_LIST = (
    "powershell", "-NoProfile", "-Command",
    "Get-CimInstance Win32_PnPEntity -Filter \"PNPClass='Camera' OR PNPClass='Image'\" |"
    " ForEach-Object Name",
)  # fmt: skip
_LIST_S = 10.0


@dataclass(frozen=True, slots=True)
class FoundWebcam:
    """A webcam of this computer.

    Attributes:
        index: Its number, as text that `fallwatch.sources.registry.make_source` takes.
        title: What the system calls it.
    """

    index: str
    title: str


def probe(source: FrameSource) -> Frame:
    """Open a source, look at some frames, and close it again.

    Returns:
        The last frame.

    Raises:
        SourceError: It does not work; the message says why and what to do.
    """
    try:
        source.open()
        frame = source.read()
        for _ in range(_SETTLE_FRAMES - 1 if source.is_live else 0):
            frame = source.read()
    finally:
        source.close()
    return frame


def find_webcams(devices: Path = _DEVICES) -> list[FoundWebcam]:
    """The webcams of this computer, by number. Takes seconds where they must be tried.

    Args:
        devices: Where Linux lists them.
    """
    if _ON_LINUX:
        return _listed(devices)
    working = [index for index in _TRIED if _works(index)]
    names = _names(sys.platform, len(working))
    return [
        FoundWebcam(str(index), names[place] if names else f"Webcam {index}")
        for place, index in enumerate(working)
    ]


def _names(platform: str, count: int) -> list[str]:
    """Names of so many webcams in the order of their numbers; none where they cannot be known."""
    try:
        names = _mac_names() if platform == "darwin" else _output(*_WINDOWS_LIST).splitlines()
    except (OSError, SubprocessError, ValueError, KeyError):
        return []
    # Windows does not say in which order: a single camera's name is certain.
    return names if len(names) == count and (platform == "darwin" or count == 1) else []


def _mac_names() -> list[str]:
    cameras = json.loads(_output(*_MAC_LIST))["SPCameraDataType"]
    # OpenCV numbers them by this.
    return [str(each["_name"]) for each in sorted(cameras, key=lambda c: c["spcamera_unique-id"])]


def _output(*command: str) -> str:
    done = subprocess.run(
        command, capture_output=True, text=True, errors="replace", timeout=_LIST_S, check=True
    )
    return done.stdout.strip()


def _listed(devices: Path) -> list[FoundWebcam]:
    found = []
    for folder in devices.glob("video*"):
        number = folder.name.removeprefix("video")
        # A camera often has a second device, for data about its images, which sends none.
        if number.isdigit() and _read(folder / "index") in ("0", ""):
            found.append(FoundWebcam(number, _read(folder / "name") or f"Webcam {number}"))
    return sorted(found, key=lambda webcam: int(webcam.index))


def _read(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8", errors="replace").strip()
    except OSError:
        return ""


def _works(index: int) -> bool:
    from fallwatch.sources.camera.webcam import WebcamSource

    try:
        probe(WebcamSource(index))
    except SourceError:
        return False
    return True
