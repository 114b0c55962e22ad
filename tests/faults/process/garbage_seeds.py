"""Good files of every kind that fallwatch reads, small ones, to be damaged."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import numpy as np

from fallwatch import paths
from fallwatch.core.message import Message
from fallwatch.core.types import Alarm, AlarmState, Image, Priority
from fallwatch.events.store import EventStore
from fallwatch.recording.clip_writer import ClipWriter
from fallwatch.settings import (
    AlarmSettings,
    CameraSettings,
    Settings,
    ZoneSettings,
    save_settings,
)
from tests.sources.clip.clips import write_clip, write_jpeg_stream

VARIANT = "resnet18-optimised"

_CLIPS = (
    ("h264.mp4", "libx264", 2), ("h265.mp4", "libx265", 2), ("h264.mkv", "libx264", 2),
    ("h264.ts", "libx264", 0), ("vp9.webm", "libvpx-vp9", 0), ("mjpeg.avi", "mjpeg", 0),
    ("mpeg4.avi", "mpeg4", 2), ("mpeg2.mpg", "mpeg2video", 2),
)  # fmt: skip
_IMAGES, _WIDTH_PX, _HEIGHT_PX = 30, 160, 120


@dataclass(frozen=True, slots=True)
class Seeds:
    """The good files.

    Attributes:
        files: By kind.
        weights: A folder of weights.
    """

    files: dict[str, list[Path]]
    weights: Path


def plant(folder: Path) -> Seeds:
    """Write them all."""
    folder.mkdir()
    images = _images()
    clips = [
        write_clip(folder / name, images, codec=codec, b_frames=b_frames)
        for name, codec, b_frames in _CLIPS
    ]
    with ClipWriter(folder / "event.mp4") as writer:
        for number, image in enumerate(images):
            writer.write(number / 10, image)
    clips.append(folder / "event.mp4")
    streams = [path for path in clips if path.suffix in (".ts", ".mpg", ".mkv")]
    streams.append(write_jpeg_stream(folder / "stream.mjpeg", images))
    return Seeds(
        {
            "clip": clips,
            "stream": streams,
            "annotation": [_write(folder / "fall.txt", _annotation())],
            "labels": [_write(folder / "events.csv", _labels())],
            "record": [_record(folder / "events.db")],
            "settings": [_settings(folder / "settings.toml")],
        },
        paths.weights_dir() / VARIANT,
    )


def _images() -> list[Image]:
    import av

    path = paths.resources_dir() / "demo" / "demo_fall.mp4"
    found: list[Image] = []
    with av.open(str(path)) as container:
        for frame in container.decode(video=0):
            small = frame.reformat(_WIDTH_PX, _HEIGHT_PX, "bgr24")
            found.append(np.asarray(small.to_ndarray(), np.uint8))
            if len(found) == _IMAGES:
                return found
    raise AssertionError("the bundled clip is shorter than it was")


def _annotation() -> str:
    boxes = [f"{frame},1,{frame},20,60,90" for frame in range(1, 40)]
    return "\n".join(["12", "25", *boxes]) + "\n"


def _labels() -> str:
    rows = [f"clip{number:02}.mp4,{number}.5,{number + 1}.25" for number in range(20)]
    return "\n".join(["clip,fall_start_s,fall_end_s", *rows, "quiet.mp4,,"]) + "\n"


def _settings(path: Path) -> Path:
    corners = ((0.1, 0.2), (0.5, 0.2), (0.4, 0.9))
    bed = ZoneSettings(kind="bed", corners_norm=corners)
    rooms = tuple(
        CameraSettings(name=f"Room {number}", source=f"rtsp://10.0.0.{number}/one", zones=(bed,))
        for number in range(1, 4)
    )
    save_settings(Settings(cameras=rooms, alarm=AlarmSettings(sound_enabled=False)), path)
    return path


def _record(path: Path) -> Path:
    store = EventStore(path)
    for number in range(40):
        at_utc = f"2026-01-31T03:{number:02}:05.678Z"
        state = AlarmState.UNACKNOWLEDGED if number % 4 else AlarmState.CLOSED
        evidence = (Message("fast descent"), Message("lies still"))
        store.add(
            Alarm(f"event{number}", "Hall", "fall", Priority.HIGH, state, at_utc, 0.9, evidence)
        )
    store.close()  # writes all into the one file
    return path


def _write(path: Path, text: str) -> Path:
    path.write_text(text, encoding="utf-8")
    return path
