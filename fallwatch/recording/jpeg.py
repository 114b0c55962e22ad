"""Pictures as JPEG and back."""

from __future__ import annotations

import numpy as np

from fallwatch.core.types import Image

#: Larger pictures are made smaller: enough to see what happened, and it bounds the memory.
MAX_SIDE_PX = 1280

_QUALITY = 80


def to_jpeg(image_bgr: Image) -> bytes:
    """Encode a picture, at most `MAX_SIDE_PX` wide and high.

    Args:
        image_bgr: (height, width, 3) uint8.

    Raises:
        ValueError: It cannot be encoded.
    """
    import cv2

    height, width = image_bgr.shape[:2]
    scale = MAX_SIDE_PX / max(height, width)
    if scale < 1:
        size = (max(1, round(width * scale)), max(1, round(height * scale)))
        image_bgr = np.asarray(cv2.resize(image_bgr, size, interpolation=cv2.INTER_AREA), np.uint8)
    done, buffer = cv2.imencode(".jpg", image_bgr, [cv2.IMWRITE_JPEG_QUALITY, _QUALITY])
    if not done:
        raise ValueError(f"a picture of shape {image_bgr.shape} cannot be encoded")
    return bytes(buffer.tobytes())


def from_jpeg(jpeg: bytes) -> Image:
    """Decode a picture to (height, width, 3) uint8 BGR.

    Raises:
        ValueError: It is no picture.
    """
    import cv2

    image = cv2.imdecode(np.frombuffer(jpeg, np.uint8), cv2.IMREAD_COLOR) if jpeg else None
    if image is None:
        raise ValueError("these bytes are no picture")
    return np.asarray(image, np.uint8)
