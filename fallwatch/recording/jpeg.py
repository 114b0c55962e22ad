"""Images as JPEG and back."""

from __future__ import annotations

import numpy as np

from fallwatch.core.types import Image

#: Larger images are made smaller: enough to see what happened, and it bounds the memory.
MAX_SIDE_PX = 1280

_QUALITY = 80


def to_jpeg(image_bgr: Image, max_side_px: int = MAX_SIDE_PX) -> bytes:
    """Encode an image, at most ``max_side_px`` wide and high.

    Args:
        image_bgr: (height, width, 3) uint8.
        max_side_px: Larger images are made smaller.

    Raises:
        ValueError: It cannot be encoded.
    """
    import cv2

    image_bgr = shrunk(image_bgr, max_side_px)
    done, buffer = cv2.imencode(".jpg", image_bgr, [cv2.IMWRITE_JPEG_QUALITY, _QUALITY])
    if not done:
        raise ValueError(f"an image of shape {image_bgr.shape} cannot be encoded")
    return bytes(buffer.tobytes())


def shrunk(image_bgr: Image, max_side_px: int) -> Image:
    """An image at most ``max_side_px`` wide and high; one that is smaller stays as it is.

    Args:
        image_bgr: (height, width, 3) uint8.
        max_side_px: Of the longer side.
    """
    import cv2

    height, width = image_bgr.shape[:2]
    scale = max_side_px / max(height, width)
    if scale >= 1:
        return image_bgr
    size = max(1, round(width * scale)), max(1, round(height * scale))
    return np.asarray(cv2.resize(image_bgr, size, interpolation=cv2.INTER_AREA), np.uint8)


def from_jpeg(jpeg: bytes) -> Image:
    """Decode an image to (height, width, 3) uint8 BGR.

    Raises:
        ValueError: It is no image.
    """
    import cv2

    image = cv2.imdecode(np.frombuffer(jpeg, np.uint8), cv2.IMREAD_COLOR) if jpeg else None
    if image is None:
        raise ValueError("these bytes are no image")
    return np.asarray(image, np.uint8)
