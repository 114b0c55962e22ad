"""The part of OpenCV's capture that a camera is read by."""

from __future__ import annotations

from typing import Any, Protocol


class Capture(Protocol):
    """An open camera."""

    def grab(self) -> bool:
        """Wait for the next frame; False if none comes."""
        ...

    def retrieve(self) -> tuple[bool, Any]:
        """Decode the frame that was waited for."""
        ...

    def get(self, name: int, /) -> float:
        """A property, by ``cv2.CAP_PROP_...``; 0.0 where it is not known."""
        ...

    def release(self) -> None:
        """Let go of the camera."""
        ...


class Opened(Capture, Protocol):
    """A capture that may have failed to open."""

    def isOpened(self) -> bool:
        """Whether it is open."""
        ...
