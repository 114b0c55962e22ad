"""Stands in for ``cv2.VideoCapture`` where a webcam would be needed."""

from __future__ import annotations

from pathlib import Path

import pytest

from fallwatch.core.types import Image
from fallwatch.sources.camera import webcam
from fallwatch.sources.opencv import cv2
from tests.sources.clip.clips import plain_image


class FakeWebcam:
    """A camera that can be plugged in and out.

    Attributes:
        plugged: Whether it delivers images.
        open_captures: How many hold it at the moment.
        decoded: Frames that were decoded.
        drivers: The ways it was asked by, as ``cv2.CAP_...``.
        deaf_to: Those that do not work.
    """

    def __init__(self) -> None:
        self.plugged = True
        self.open_captures = 0
        self.decoded = 0
        self.drivers: list[int] = []
        self.deaf_to: set[int] = set()

    def capture(self, index: int, driver: int) -> FakeCapture:
        """Takes the place of the class ``cv2.VideoCapture``."""
        self.drivers.append(driver)
        return FakeCapture(self, works=driver not in self.deaf_to)


class FakeCapture:
    """One handle on the camera."""

    def __init__(self, camera: FakeWebcam, *, works: bool = True) -> None:
        self._camera = camera
        self._open = camera.plugged and works
        camera.open_captures += self._open

    def isOpened(self) -> bool:
        return self._open

    def get(self, prop: int) -> float:
        return 30.0 if prop == cv2.CAP_PROP_FPS else 0.0

    def grab(self) -> bool:
        return self._open and self._camera.plugged

    def retrieve(self) -> tuple[bool, Image | None]:
        if not self.grab():
            return False, None
        self._camera.decoded += 1
        return True, plain_image(64, 48)

    def read(self) -> tuple[bool, Image | None]:
        return self.retrieve()

    def release(self) -> None:
        self._camera.open_captures -= self._open
        self._open = False


def plug_in(monkeypatch: pytest.MonkeyPatch, devices: Path, index: int = 0) -> FakeWebcam:
    """Put a fake camera in place of the real ones."""
    camera = FakeWebcam()
    devices.mkdir(exist_ok=True)
    (devices / f"video{index}").touch()
    monkeypatch.setattr(webcam, "_DEVICES", devices)
    monkeypatch.setattr(cv2, "VideoCapture", camera.capture)
    return camera
