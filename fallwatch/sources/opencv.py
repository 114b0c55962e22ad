"""cv2 as the cameras want it: quiet, and safe for several at once.

Importing this module loads cv2 (0.1 s), so do it inside functions.
"""

from __future__ import annotations

import os
from collections.abc import Mapping

import numpy as np

from fallwatch.core.types import Image

# Each can still be set by whoever starts the program.
_ENVIRONMENT = {
    # Decoders write to stderr what only their makers understand.
    "OPENCV_LOG_LEVEL": "SILENT",
    "OPENCV_FFMPEG_LOGLEVEL": "-8",
    # Without this OpenCV holds one lock for all cameras while it opens: a dead one, which takes
    # seconds to give up, kept every other camera from opening. FFmpeg needs no such lock since 4.0.
    "OPENCV_FFMPEG_IS_THREAD_SAFE": "1",
    # RTSP over UDP loses packets, and firewalls stop it.
    "OPENCV_FFMPEG_CAPTURE_OPTIONS": "rtsp_transport;tcp",
    # A webcam that sends nothing is given up sooner than after OpenCV's ten seconds.
    "OPENCV_VIDEOIO_V4L_SELECT_TIMEOUT": "5",
    # With them Windows takes up to half a minute to open a webcam.
    "OPENCV_VIDEOIO_MSMF_ENABLE_HW_TRANSFORMS": "0",
}
for _name, _value in _ENVIRONMENT.items():
    os.environ.setdefault(_name, _value)

import cv2  # noqa: E402  (it reads its environment while it loads)

__all__ = ["cv2", "next_picture", "open_video"]

# Several cameras keep the processors busy by themselves. A call that hands parts of its work to
# helper threads waits for their turn, and the window with it.
cv2.setNumThreads(1)

if os.environ["OPENCV_LOG_LEVEL"] == "SILENT":
    cv2.utils.logging.setLogLevel(0)  # for when somebody else has imported cv2 before us


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


def next_picture(capture: cv2.VideoCapture) -> Image | None:
    """The next picture, (height, width, 3) uint8 BGR, or None if there is none."""
    try:
        arrived, picture = capture.read()
    except cv2.error:
        return None
    if not arrived or picture is None or picture.size == 0:
        return None
    return np.asarray(picture, dtype=np.uint8)
