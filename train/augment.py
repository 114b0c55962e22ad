"""What is done to crops while learning: mixing, and what rooms and cameras do to pictures."""

from __future__ import annotations

import cv2
import numpy as np
from torch import Tensor

from fallwatch.classifiers.preprocessing import PADDING_BGR
from fallwatch.core.types import Image
from train.torchvision_on_cpu import import_torchvision


def mix(crops: Tensor, labels: Tensor, alpha: float) -> tuple[Tensor, Tensor]:
    """Mixup (Zhang et al., 2018) by torchvision, with torch's global generator.

    Args:
        crops: (n, 3, side, side).
        labels: (n,) class numbers.
        alpha: Of the Beta distribution the weight is drawn from.

    Returns:
        Mixed crops of the same shape and targets (n, 2).
    """
    import_torchvision()
    from torchvision.transforms.v2 import MixUp

    mixed, targets = MixUp(alpha=alpha, num_classes=2)(crops, labels)
    return mixed, targets


def as_in_the_world(crop_bgr: Image, chance: np.random.Generator) -> Image:
    """One crop as another room and camera might have shown it.

    A body is mirrored, a camera hangs askew, a box is drawn wider or to the side, the picture's
    edge cuts a body off, at night the picture is grey and dark, a far body has few pixels, and
    streams are compressed. A turn stays below what would lay a standing person down.

    Args:
        crop_bgr: (side, side, 3) uint8.
        chance: Decides all.

    Returns:
        A new crop of the same shape.
    """
    image = crop_bgr[:, ::-1] if chance.random() < 0.5 else crop_bgr
    image = _moved(np.ascontiguousarray(image), chance)
    if chance.random() < 0.25:
        image = _cut_off(image, chance)
    image = _lit(image, chance)
    if chance.random() < 0.3:
        image = _far_away(image, chance)
    if chance.random() < 0.3:
        image = _compressed(image, chance)
    return image


def _moved(image: Image, chance: np.random.Generator) -> Image:
    side = image.shape[0]
    middle = ((side - 1) / 2, (side - 1) / 2)
    matrix = cv2.getRotationMatrix2D(middle, chance.uniform(-15, 15), chance.uniform(0.8, 1.2))
    shift = np.zeros((2, 3))
    shift[:, 2] = chance.uniform(-0.08, 0.08, size=2) * side
    moved = cv2.warpAffine(
        image, matrix + shift, (side, side), flags=cv2.INTER_LINEAR, borderValue=PADDING_BGR
    )
    return np.asarray(moved, dtype=np.uint8)


def _cut_off(image: Image, chance: np.random.Generator) -> Image:
    """Fill one side up to a third, as preprocessing does beyond the frame's edge."""
    side = image.shape[0]
    depth = int(chance.uniform(0.1, 0.35) * side)
    turns = int(chance.integers(4))
    turned = np.rot90(image, turns).copy()
    turned[:depth] = PADDING_BGR
    return np.ascontiguousarray(np.rot90(turned, -turns))


def _lit(image: Image, chance: np.random.Generator) -> Image:
    light = image.astype(np.float32)
    night = chance.random() < 0.2
    colour = 0.0 if night else chance.uniform(0.5, 1.3)
    grey = light @ np.array([0.114, 0.587, 0.299], dtype=np.float32)
    light = grey[:, :, None] + colour * (light - grey[:, :, None])
    contrast = chance.uniform(0.7, 1.2)
    brightness = chance.uniform(0.4, 0.9) if night else chance.uniform(0.7, 1.3)
    mean = float(grey.mean())
    light = (light - mean) * contrast * brightness + mean * brightness
    if night:
        light += chance.normal(0.0, 6.0, size=light.shape[:2])[:, :, None]
    return np.clip(light, 0, 255).astype(np.uint8)


def _far_away(image: Image, chance: np.random.Generator) -> Image:
    side = image.shape[0]
    small = max(int(chance.uniform(0.2, 0.6) * side), 2)
    shrunk = cv2.resize(image, (small, small), interpolation=cv2.INTER_AREA)
    return np.asarray(cv2.resize(shrunk, (side, side)), dtype=np.uint8)


def _compressed(image: Image, chance: np.random.Generator) -> Image:
    quality = [cv2.IMWRITE_JPEG_QUALITY, int(chance.integers(20, 71))]
    ok, data = cv2.imencode(".jpg", image, quality)
    if not ok:
        raise RuntimeError("OpenCV could not write a JPEG in memory")
    return np.asarray(cv2.imdecode(data, cv2.IMREAD_COLOR), dtype=np.uint8)
