"""Footage of the benchmark: a clip in memory, and a room in which nothing happens."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum
from pathlib import Path

import numpy as np

from fallwatch import paths
from fallwatch.core.protocols import EndOfStreamError
from fallwatch.core.types import Frame, Image
from fallwatch.sources.clip.video_file import VideoFileSource

#: As webcams compress their frames.
_JPEG_QUALITY = 85

#: Longer clips are cut: every lap must be short enough to be run several times.
MAX_FRAMES = 240

#: A sensor's noise in a lit room, in grey levels (standard deviation).
_NOISE_LEVELS = 3.0
_STILL_FRAMES = 16


@dataclass(frozen=True, slots=True, eq=False)
class Footage:
    """A clip as a webcam sends it: every frame a JPEG.

    Attributes:
        fps: Frames per second of the clip.
        jpegs: The frames, in order.
    """

    fps: float
    jpegs: tuple[bytes, ...]

    def image(self, index: int) -> Image:
        """An image, (height, width, 3) uint8 BGR; after the last comes the first again."""
        return decode_jpeg(self.jpegs[index % len(self.jpegs)])

    def frames(self, lap: int = 0) -> list[Frame]:
        """The whole clip, decoded; the time stamps of later laps go on."""
        first = lap * len(self.jpegs)
        return [
            Frame("clip", first + n, (first + n) / self.fps, self.image(n))
            for n in range(len(self.jpegs))
        ]


@dataclass(frozen=True, slots=True, eq=False)
class Scene:
    """What the cameras of a live run send.

    Attributes:
        first: The first one.
        others: All others.
    """

    first: Footage
    others: Footage

    def footage(self, camera: int) -> Footage:
        """What a camera sends, by its number from 0."""
        return self.first if camera == 0 else self.others


class SceneName(str, Enum):
    """Scenes that can be asked for."""

    BUSY = "busy"  # the clip, in every room
    STILL = "still"  # empty rooms
    FALLING = "falling"  # the clip in the first room, everyday life in the others


def make_scene(name: SceneName, clip: Footage) -> Scene:
    """A scene with this clip."""
    if name is SceneName.STILL:
        empty = empty_room()
        return Scene(empty, empty)
    return Scene(clip, clip if name is SceneName.BUSY else everyday_room())


def load_footage(clip: Path, max_frames: int = MAX_FRAMES) -> Footage:
    """Read a clip's beginning.

    Raises:
        SourceError: It cannot be read.
    """
    source = VideoFileSource(clip)
    jpegs: list[bytes] = []
    try:
        source.open()
        fps = source.fps
        while len(jpegs) < max_frames:
            jpegs.append(encode_jpeg(source.read().image_bgr))
    except EndOfStreamError:
        pass
    finally:
        source.close()
    return Footage(fps, tuple(jpegs))


def everyday_room() -> Footage:
    """A room in which somebody is about and nobody falls."""
    return load_footage(paths.resources_dir() / "demo" / "demo_daily.mp4")


def empty_room() -> Footage:
    """A room in which nothing happens: the bundled clip's, before anybody comes in."""
    clip = load_footage(paths.resources_dir() / "demo" / "demo_fall.mp4", max_frames=1)
    return noisy_footage(clip.image(0), clip.fps)


def noisy_footage(room: Image, fps: float) -> Footage:
    """A still image as a camera sees it over and over: each time with other noise."""
    random = np.random.default_rng(1)
    jpegs = []
    for _ in range(_STILL_FRAMES):
        noisy = room + random.normal(0.0, _NOISE_LEVELS, room.shape)
        jpegs.append(encode_jpeg(np.clip(noisy, 0, 255).astype(np.uint8)))
    return Footage(fps, tuple(jpegs))


def encode_jpeg(image_bgr: Image) -> bytes:
    """Compress an image as a webcam does."""
    import cv2

    _, data = cv2.imencode(".jpg", image_bgr, [cv2.IMWRITE_JPEG_QUALITY, _JPEG_QUALITY])
    return bytes(data)


def decode_jpeg(jpeg: bytes) -> Image:
    """Decode an image, (height, width, 3) uint8 BGR."""
    import cv2

    image = cv2.imdecode(np.frombuffer(jpeg, dtype=np.uint8), cv2.IMREAD_COLOR)
    return np.asarray(image, dtype=np.uint8)
