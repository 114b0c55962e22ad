"""Cameras plugged into this PC."""

from __future__ import annotations

import sys
from pathlib import Path

from fallwatch.core.message import Message
from fallwatch.core.protocols import SourceError
from fallwatch.sources.camera.camera_access import camera_access
from fallwatch.sources.camera.live_camera import LiveCamera
from fallwatch.sources.decoding.capture import Capture

_DEVICES = Path("/dev")


class WebcamSource(LiveCamera):
    """A webcam, by its number.

    Args:
        index: 0 for the first camera, 1 for the next.
    """

    def __init__(self, index: int) -> None:
        super().__init__(
            name=f"webcam {index}",
            lost=Message(
                "Webcam {0} sends no image. Check its plug, and that no other program uses it.",
                (index,),
            ),
        )
        self._index = index

    def _open_capture(self) -> Capture:
        camera_access.check()
        if sys.platform == "linux":
            _check_device(self._index)
        from fallwatch.sources.opencv import cv2

        for driver in _drivers():
            capture = cv2.VideoCapture(self._index, driver)
            if capture.isOpened():
                return capture
            capture.release()
        raise SourceError(
            Message(
                "Webcam {0} cannot be opened. Check that it is plugged in, that no other "
                "program uses it, and that you may use the camera.",
                (self._index,),
            )
        )


def _drivers() -> tuple[int, ...]:
    """OpenCV's ways to a webcam on this system, best first."""
    from fallwatch.sources.opencv import cv2

    # On Windows some cameras work with the older one alone.
    by_system = {"linux": (cv2.CAP_V4L2,), "win32": (cv2.CAP_MSMF, cv2.CAP_DSHOW)}
    return by_system.get(sys.platform, (cv2.CAP_ANY,))


def _check_device(index: int) -> None:
    """Say at once what OpenCV would say late and in its own words."""
    if (_DEVICES / f"video{index}").exists():
        return
    endings = [device.name.removeprefix("video") for device in _DEVICES.glob("video*")]
    numbers = sorted(int(ending) for ending in endings if ending.isdigit())
    if numbers:
        found = Message("This PC has: {0}.", (", ".join(str(number) for number in numbers),))
    else:
        found = Message("No webcam is plugged into this PC, or you may not use it.")
    raise SourceError(Message("There is no webcam {0}. {1}", (index, found)))
