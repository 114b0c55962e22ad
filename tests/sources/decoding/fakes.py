"""Streams that are decoded as a test tells them, by the processor and by hardware."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from fallwatch.core.message import Message
from fallwatch.core.types import Image
from fallwatch.sources.decoding.video_decoder import VideoDecoder
from fallwatch.sources.opencv import cv2
from fallwatch.system.device_failures import DeviceFailures
from tests.waiting import FakeClock

#: What a decoder gives that was given nothing.
GREEN = np.full((48, 64, 3), (0, 135, 0), np.uint8)

#: A room.
ROOM = (np.arange(48 * 64 * 3, dtype=np.uint32) % 251).astype(np.uint8).reshape(48, 64, 3)

#: For how long a camera waits for a frame.
PATIENCE_S = 4.5

_H264 = float(int.from_bytes(b"h264", "little"))


@dataclass
class FakeStream:
    """An open stream.

    Attributes:
        device: As OpenCV names it; -1 for the processor.
        image: What it shows.
        frames: How many it gives.
        before_grab: Called with the number of each frame; may raise or wait.
        fourcc: Its codec.
        is_open: Whether it could be opened.
    """

    device: int = -1
    image: Image = field(default_factory=lambda: ROOM)
    frames: float = float("inf")
    before_grab: Callable[[int], None] = lambda number: None
    fourcc: float = _H264
    is_open: bool = True
    released: bool = False
    grabbed: int = 0

    def isOpened(self) -> bool:
        return self.is_open

    def grab(self) -> bool:
        self.before_grab(self.grabbed)
        self.grabbed += 1
        return self.grabbed <= self.frames

    def retrieve(self) -> tuple[bool, Any]:
        return True, self.image

    def get(self, name: int, /) -> float:
        known = {cv2.CAP_PROP_HW_DEVICE: float(self.device), cv2.CAP_PROP_FOURCC: self.fourcc}
        return known.get(name, 0.0)

    def release(self) -> None:
        self.released = True


class Bench:
    """A decoder, and a camera whose streams it opens.

    Args:
        hardware: Makes what hardware makes of the stream.
        processor: Makes what the processor makes of it.
        codecs: Those that were measured.
    """

    def __init__(
        self,
        hardware: Callable[[], FakeStream] = lambda: FakeStream(device=0),
        processor: Callable[[], FakeStream] = FakeStream,
        codecs: frozenset[str] = frozenset({"h264"}),
    ) -> None:
        self.hardware, self.processor = hardware, processor
        self.clock = FakeClock()
        self.told: list[Message] = []
        #: Every stream, and whether hardware was asked for.
        self.opened: list[tuple[bool, FakeStream]] = []
        failures = DeviceFailures()
        failures.listen(self.told.append)
        self.decoder = VideoDecoder(lambda: codecs, failures, self.clock)
        self.decoder.follow("auto")

    def open_with(self, parameters: Mapping[int, int]) -> FakeStream:
        by_hardware = parameters == {
            cv2.CAP_PROP_HW_ACCELERATION: cv2.VIDEO_ACCELERATION_ANY,
        }
        assert by_hardware or not parameters
        stream = self.hardware() if by_hardware else self.processor()
        self.opened.append((by_hardware, stream))
        return stream

    def open(self) -> Any:
        return self.decoder.open("rtsp://camera", self.open_with, PATIENCE_S)

    @property
    def asked_hardware(self) -> list[bool]:
        """Of each time that the camera was opened, whether hardware was asked."""
        return [by_hardware for by_hardware, _ in self.opened]
