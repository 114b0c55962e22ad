"""Pictures out of focus: told from sharp ones, and sharpened for the networks.

The networks learned from sharp pictures. In one blurred by a hundredth of its height the detector
doubts every second person and the landmarks wander; sharpened, both see them again.
"""

from __future__ import annotations

import numpy as np

from fallwatch.core.types import Image

# The picture is looked at with its longer side this long, in pixels, as the detector sees it.
_SIDE = 224

# Gaussians, in those pixels: details lie between the first two and outlines between the last two.
# What is finer still is mostly the noise of the camera, which a lens out of focus does not blur.
_WIDTHS = (0.7, 1.4, 3.0)

# Details have at least 0.30 times the energy of outlines in 147 recorded clips, also dark, at
# 320x240 and as JPEG of quality 15; at most 0.26 when blurred by a hundredth of the height, also
# with a noise of 6 of 255 on top.
_OUT_OF_FOCUS = 0.28


def is_out_of_focus(image_bgr: Image) -> bool:
    """Whether a whole picture shows outlines but no details.

    Args:
        image_bgr: (height, width, 3) uint8.
    """
    import cv2

    height, width = image_bgr.shape[:2]
    scale = _SIDE / max(height, width)
    size = max(round(width * scale), 1), max(round(height * scale), 1)
    grey = cv2.cvtColor(cv2.resize(image_bgr, size), cv2.COLOR_BGR2GRAY).astype(np.float32)
    fine, middle, coarse = (cv2.GaussianBlur(grey, (0, 0), width_px) for width_px in _WIDTHS)
    details, outlines = np.mean((fine - middle) ** 2), np.mean((middle - coarse) ** 2)
    return bool(details < _OUT_OF_FOCUS * outlines)


def sharpened(patch_bgr: Image, radius_px: float, amount: float) -> Image:
    """A patch with its details raised: an unsharp mask.

    Args:
        patch_bgr: (height, width, 3) uint8.
        radius_px: Standard deviation of the Gaussian whose difference from the patch is added.
        amount: How many times it is added.
    """
    import cv2

    soft = cv2.GaussianBlur(patch_bgr, (0, 0), radius_px)
    return np.asarray(cv2.addWeighted(patch_bgr, 1.0 + amount, soft, -amount, 0.0), dtype=np.uint8)
