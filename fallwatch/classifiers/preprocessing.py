"""Crop preprocessing, from frame and box to input array. The only copy: ``train`` uses it.

A difference between how a network was trained and how it is used costs accuracy without a trace,
so the input specification travels in the weights manifest and this module carries it out. What is
dark or without colour the app shows in good light (`fallwatch.runtime.enhanced_crops`); `train`
takes it as it is: most of its images are lit, and in colour.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import cv2
import numpy as np

from fallwatch.core.geometry import crop_square
from fallwatch.core.types import Box, Floats, Image, PersonCrop

#: Mean and standard deviation of ImageNet's training images, red, green, blue, on a 0-1 scale.
#: Source: torchvision's weight documentation.
IMAGENET_MEAN = (0.485, 0.456, 0.406)
IMAGENET_STD = (0.229, 0.224, 0.225)

#: What stands where a square reaches beyond the frame: ImageNet's mean grey, blue, green, red,
#: which becomes almost zero after normalisation.
PADDING_BGR = (104, 116, 124)


@dataclass(frozen=True, slots=True)
class InputSpec:
    """What a network takes.

    Attributes:
        side_px: Width and height of its square input.
        mean_rgb: Subtracted after scaling to 0-1, in the order red, green, blue.
        std_rgb: Divided by after that.
        margin: Part of the box's longer side added on each side of the crop.
    """

    side_px: int = 224
    mean_rgb: tuple[float, float, float] = IMAGENET_MEAN
    std_rgb: tuple[float, float, float] = IMAGENET_STD
    margin: float = 0.10

    def __post_init__(self) -> None:
        if not 32 <= self.side_px <= 1024:
            raise ValueError(f"side_px must be between 32 and 1024, got {self.side_px}")
        if min(self.std_rgb) <= 0:
            raise ValueError(f"std_rgb must be positive, got {self.std_rgb}")


def cut_crop(image_bgr: Image, box: Box, spec: InputSpec) -> PersonCrop:
    """Cut the square around a person and scale it to the network's side.

    Args:
        image_bgr: (height, width, 3) uint8.
        box: The person, in pixels of that image.
        spec: The network's input.

    Returns:
        A crop of (side, side, 3); parts beyond the image are filled with mean grey.
    """
    square = crop_square(box, spec.margin)
    left, top = round(square.left_px), round(square.top_px)
    side = max(round(square.width_px), 1)
    height, width = image_bgr.shape[:2]
    inside = image_bgr[max(top, 0) : max(top + side, 0), max(left, 0) : max(left + side, 0)]
    if inside.size == 0:
        inside = np.full((side, side, 3), PADDING_BGR, dtype=np.uint8)
    elif inside.shape[:2] != (side, side):
        inside = _pad(inside, left, top, side, width, height)
    # INTER_AREA averages when shrinking; enlarging needs a smooth curve.
    how = cv2.INTER_AREA if side > spec.side_px else cv2.INTER_LINEAR
    scaled = cv2.resize(inside, (spec.side_px, spec.side_px), interpolation=how)
    return PersonCrop(image_bgr=np.asarray(scaled, dtype=np.uint8), box_px=square)


def _pad(inside: Image, left: int, top: int, side: int, width: int, height: int) -> Image:
    padded = cv2.copyMakeBorder(
        inside,
        top=max(-top, 0),
        bottom=max(top + side - height, 0),
        left=max(-left, 0),
        right=max(left + side - width, 0),
        borderType=cv2.BORDER_CONSTANT,
        value=PADDING_BGR,
    )
    return np.asarray(padded, dtype=np.uint8)


def to_input(crops: Sequence[PersonCrop], spec: InputSpec) -> Floats:
    """Stack crops into a network's input.

    Returns:
        (n, 3, side, side) float32, channels red, green, blue, normalised.

    Raises:
        ValueError: A crop has another side than the specification.
    """
    batch = np.empty((len(crops), 3, spec.side_px, spec.side_px), dtype=np.float32)
    scale = 1.0 / (255.0 * np.array(spec.std_rgb, dtype=np.float32))
    shift = np.divide(spec.mean_rgb, spec.std_rgb, dtype=np.float32)
    for row, crop in zip(batch, crops, strict=True):
        expected = (spec.side_px, spec.side_px, 3)
        if crop.image_bgr.shape != expected:
            raise ValueError(f"a crop must have shape {expected}, got {crop.image_bgr.shape}")
        rgb = crop.image_bgr[:, :, ::-1].transpose(2, 0, 1)
        np.multiply(rgb, scale[:, None, None], out=row, casting="unsafe")
        row -= shift[:, None, None]
    return batch
