"""Augmentation of crops: mixup, and what rooms and cameras do to images."""

from __future__ import annotations

from collections.abc import Callable

import cv2
import numpy as np
from torch import Tensor

from fallwatch.classifiers.preprocessing import PADDING_BGR
from fallwatch.core.types import Image
from train.model.torchvision_on_cpu import import_torchvision

#: Makes a crop of a crop; both (side, side, 3) uint8.
Augmentation = Callable[[Image], Image]


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


def random_augmentation(share: float, rng: np.random.Generator) -> Augmentation:
    """Augmentation that applies `augment` to a share of the crops and leaves the others.

    Args:
        share: Above 0 and up to 1.
        rng: Decides which, and how.
    """

    def maybe_augment(crop_bgr: Image) -> Image:
        if share < 1.0 and rng.random() >= share:
            return crop_bgr
        return augment(crop_bgr, rng)

    return maybe_augment


def augment(crop_bgr: Image, rng: np.random.Generator) -> Image:
    """One crop as another room and camera might have shown it.

    A body is mirrored, a camera hangs askew and looks from another height, a box is drawn wider or
    to the side, the edge of the image or furniture hides a part, clothes and light have any colour,
    at night the image is grey, dark and noisy, a far body has few pixels, lenses are out of
    focus, and streams are compressed. A turn stays below what would lay a standing person down.

    Colours are changed hard on purpose: where all who fall wear the same gown, the gown is the
    easiest thing to learn.

    Args:
        crop_bgr: (side, side, 3) uint8.
        rng: Decides all.

    Returns:
        A new crop of the same shape.
    """
    image = crop_bgr[:, ::-1] if rng.random() < 0.5 else crop_bgr
    image = _warped(np.ascontiguousarray(image), rng)
    if rng.random() < 0.25:
        image = _cut_off(image, rng)
    if rng.random() < 0.7:
        image = _recoloured(image, rng)
    image = _relit(image, rng)
    if rng.random() < 0.35:
        image = _downscaled(image, rng)
    if rng.random() < 0.2:
        image = _blurred(image, rng)
    if rng.random() < 0.3:
        image = _compressed(image, rng)
    return _occluded(image, rng)


def _warped(image: Image, rng: np.random.Generator) -> Image:
    """Another angle, distance, height and aim of the camera, as a change of perspective."""
    side = image.shape[0]
    corners = np.array([[0, 0], [1, 0], [1, 1], [0, 1]], dtype=np.float64) - 0.5
    angle = np.deg2rad(np.clip(rng.normal(0.0, 12.0), -35.0, 35.0))
    turn = np.array([[np.cos(angle), -np.sin(angle)], [np.sin(angle), np.cos(angle)]])
    stretch = np.array([rng.uniform(0.85, 1.18), 1.0]) * rng.uniform(0.7, 1.3)
    seen = (corners + rng.uniform(-0.08, 0.08, (4, 2))) * stretch @ turn.T
    seen += rng.uniform(-0.1, 0.1, 2)
    matrix = cv2.getPerspectiveTransform(
        ((corners + 0.5) * side).astype(np.float32), ((seen + 0.5) * side).astype(np.float32)
    )
    warped = cv2.warpPerspective(
        image, matrix, (side, side), flags=cv2.INTER_LINEAR, borderValue=PADDING_BGR
    )
    return np.asarray(warped, dtype=np.uint8)


def _cut_off(image: Image, rng: np.random.Generator) -> Image:
    """Fill one side up to a third, as preprocessing does beyond the frame's edge."""
    side = image.shape[0]
    depth = int(rng.uniform(0.1, 0.35) * side)
    turns = int(rng.integers(4))
    turned = np.rot90(image, turns).copy()
    turned[:depth] = PADDING_BGR
    return np.ascontiguousarray(np.rot90(turned, -turns))


def _recoloured(image: Image, rng: np.random.Generator) -> Image:
    """Any hue, from pale to bright."""
    hsv = cv2.cvtColor(image, cv2.COLOR_BGR2HSV).astype(np.int16)
    # OpenCV's hue goes from 0 to 179.
    hsv[..., 0] = (hsv[..., 0] + rng.integers(180)) % 180
    hsv[..., 1] = np.clip(hsv[..., 1] * rng.uniform(0.2, 1.5), 0, 255)
    return np.asarray(cv2.cvtColor(hsv.astype(np.uint8), cv2.COLOR_HSV2BGR), dtype=np.uint8)


def _relit(image: Image, rng: np.random.Generator) -> Image:
    if rng.random() < 0.3:
        grey = cv2.cvtColor(image, cv2.COLOR_BGR2GRAY)
        image = np.repeat(grey[:, :, None], 3, axis=2).astype(np.uint8)
    light = image.astype(np.float32) * rng.uniform(0.85, 1.15, 3).astype(np.float32)
    mean = float(light.mean())
    light = (light - mean) * rng.uniform(0.5, 1.4) + mean * rng.uniform(0.4, 1.5)
    if rng.random() < 0.3:
        light = np.power(np.clip(light / 255, 0, 1), rng.uniform(0.5, 2.0), dtype=np.float32) * 255
    if rng.random() < 0.25:
        light += rng.normal(0.0, rng.uniform(2, 15), light.shape[:2])[:, :, None]
    return np.clip(light, 0, 255).astype(np.uint8)


def _downscaled(image: Image, rng: np.random.Generator) -> Image:
    side = image.shape[0]
    small = max(int(rng.uniform(0.2, 0.6) * side), 2)
    shrunk = cv2.resize(image, (small, small), interpolation=cv2.INTER_AREA)
    return np.asarray(cv2.resize(shrunk, (side, side)), dtype=np.uint8)


def _blurred(image: Image, rng: np.random.Generator) -> Image:
    sigma_px = rng.uniform(0.002, 0.013) * image.shape[0]
    return np.asarray(cv2.GaussianBlur(image, (0, 0), sigma_px), dtype=np.uint8)


def _compressed(image: Image, rng: np.random.Generator) -> Image:
    quality = [cv2.IMWRITE_JPEG_QUALITY, int(rng.integers(20, 71))]
    ok, data = cv2.imencode(".jpg", image, quality)
    if not ok:
        raise RuntimeError("OpenCV could not write a JPEG in memory")
    return np.asarray(cv2.imdecode(data, cv2.IMREAD_COLOR), dtype=np.uint8)


def _occluded(image: Image, rng: np.random.Generator) -> Image:
    """Up to two patches, as furniture and people in front hide parts (Zhong et al., 2020)."""
    side = image.shape[0]
    image = image.copy()
    for _ in range(int(rng.integers(3))):
        width, height = (rng.uniform(0.05, 0.3, 2) * side).astype(int)
        left, top = (rng.uniform(0.0, 1.0, 2) * side).astype(int)
        image[top : top + height, left : left + width] = rng.integers(256, size=3)
    return image
