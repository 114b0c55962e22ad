"""cv2 as the cameras want it: quiet, and safe for several at once.

Importing this module loads cv2 (0.1 s), so do it inside functions.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Mapping
from typing import Protocol

import numpy as np

from fallwatch.core.types import Image

# What FFmpeg calls the hardware decoder of each system. OpenCV itself knows none on macOS, and on
# Linux only Intel's driver. Whether its FFmpeg was built with one is another matter: the wheels
# for Linux are not.
_HARDWARE = {"win32": "d3d11va", "darwin": "videotoolbox"}.get(sys.platform, "vaapi")

# Each can still be set by whoever starts the program.
_ENVIRONMENT = {
    # Decoders write to stderr what only their makers understand.
    "OPENCV_LOG_LEVEL": "SILENT",
    "OPENCV_FFMPEG_LOGLEVEL": "-8",
    # Without this OpenCV holds one lock for all cameras while it opens: a dead one, which takes
    # seconds to give up, kept every other camera from opening. FFmpeg needs no such lock since 4.0.
    "OPENCV_FFMPEG_IS_THREAD_SAFE": "1",
    # RTSP over UDP loses packets, and firewalls stop it. The decoder counts where hardware is asked
    # for, and nowhere else.
    "OPENCV_FFMPEG_CAPTURE_OPTIONS": f"rtsp_transport;tcp|hw_decoders_any;{_HARDWARE}",
    # A webcam that sends nothing is given up sooner than after OpenCV's ten seconds.
    "OPENCV_VIDEOIO_V4L_SELECT_TIMEOUT": "5",
    # With them Windows takes up to half a minute to open a webcam.
    "OPENCV_VIDEOIO_MSMF_ENABLE_HW_TRANSFORMS": "0",
}
for _name, _value in _ENVIRONMENT.items():
    os.environ.setdefault(_name, _value)

import cv2  # noqa: E402  (it reads its environment while it loads)

__all__ = [
    "BY_HARDWARE",
    "accelerator_of",
    "cv2",
    "is_by_hardware",
    "next_image",
    "open_video",
]

# Several cameras keep the processors busy by themselves. A call that hands parts of its work to
# helper threads waits for their turn, and the window with it.
cv2.setNumThreads(1)

if os.environ["OPENCV_LOG_LEVEL"] == "SILENT":
    cv2.utils.logging.setLogLevel(0)  # for when somebody else has imported cv2 before us


#: Parameters of a stream that hardware shall decode. Where it cannot, OpenCV takes the processor.
BY_HARDWARE: Mapping[int, int] = {cv2.CAP_PROP_HW_ACCELERATION: cv2.VIDEO_ACCELERATION_ANY}

#: What people call what OpenCV names by numbers; it has none for VideoToolbox.
_ACCELERATORS = {
    cv2.VIDEO_ACCELERATION_D3D11: "Direct3D 11",
    cv2.VIDEO_ACCELERATION_VAAPI: "VA-API",
    cv2.VIDEO_ACCELERATION_MFX: "Intel Media SDK",
}


class Properties(Protocol):
    """The part of a capture that tells about it."""

    def get(self, name: int, /) -> float:
        """A property, by ``cv2.CAP_PROP_...``."""
        ...


def is_by_hardware(capture: Properties) -> bool:
    """Whether hardware decodes an open stream: OpenCV then names a device, else -1."""
    return bool(capture.get(cv2.CAP_PROP_HW_DEVICE) >= 0)


def accelerator_of(capture: Properties) -> str:
    """What decodes an open stream instead of the processor; empty for the processor."""
    if not is_by_hardware(capture):
        return ""
    known = _ACCELERATORS.get(int(capture.get(cv2.CAP_PROP_HW_ACCELERATION)))
    return known or {"videotoolbox": "VideoToolbox"}.get(_HARDWARE, _HARDWARE)


def open_video(address: str, parameters: Mapping[int, int] | None = None) -> cv2.VideoCapture:
    """Open a stream with FFmpeg, turned upright as its header says.

    Args:
        address: Its URL.
        parameters: Values by ``cv2.CAP_PROP_...``.

    Returns:
        The capture; ask ``isOpened()`` whether it worked.
    """
    flat = [number for pair in (parameters or {}).items() for number in pair]
    capture = cv2.VideoCapture(address, cv2.CAP_FFMPEG, flat)
    # It reads 0, and what a phone sends comes out sideways. It cannot stand among the parameters.
    capture.set(cv2.CAP_PROP_ORIENTATION_AUTO, 1)
    return capture


def next_image(capture: cv2.VideoCapture) -> Image | None:
    """The next frame, (height, width, 3) uint8 BGR, or None if there is none."""
    try:
        arrived, image = capture.read()
    except cv2.error:
        return None
    if not arrived or image is None or image.size == 0:
        return None
    return np.asarray(image, dtype=np.uint8)
