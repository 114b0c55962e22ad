"""Tiny made-up data: a fallen body is a long flat blob, another one a tall blob."""

from __future__ import annotations

from pathlib import Path

import cv2
import numpy as np

from fallwatch.classifiers.preprocessing import InputSpec
from fallwatch.core.types import Image
from train.classes import FALL, NOT_FALL
from train.data.samples import Samples

SIDE_PX = 48
SPEC = InputSpec(side_px=SIDE_PX)


def body(label: int, rng: np.random.Generator, side_px: int = SIDE_PX) -> Image:
    """A crop: noise with a bright bar, lying for Fall, standing otherwise."""
    image = rng.integers(0, 60, (side_px, side_px, 3), dtype=np.uint8)
    third = side_px // 3
    if label == FALL:
        image[third : 2 * third, 2:-2] = 220
    else:
        image[2:-2, third : 2 * third] = 220
    return image


def samples(count: int = 48, per_source: int = 4, seed: int = 0, set_name: str = "made") -> Samples:
    """Crops of both classes in turn, ``per_source`` from each recording."""
    rng = np.random.default_rng(seed)
    labels = np.arange(count, dtype=np.int64) % 2
    return Samples(
        crops=np.stack([body(int(label), rng) for label in labels]),
        labels=labels,
        sources=np.array([f"{set_name}/{i // per_source}" for i in range(count)]),
        parts=np.array([""] * count),
        data_sets=np.array([set_name] * count),
        names=np.array([f"{set_name}/{i}.png" for i in range(count)]),
    )


def scene(seed: int) -> Image:
    """A place, (90, 120, 3): patches that no other seed makes."""
    patches = np.random.default_rng(seed).integers(0, 256, (24, 32, 3), dtype=np.uint8)
    return np.asarray(cv2.resize(patches, (120, 90)), dtype=np.uint8)


def write_yolo_set(
    folder: Path, count: int = 24, parts: tuple[str, ...] = ("train", "val")
) -> Path:
    """A set as the study's: images of many scenes with one person each; class 0 is Fall."""
    rng = np.random.default_rng(0)
    for part in parts:
        images, labels = folder / "images" / part, folder / "labels" / part
        images.mkdir(parents=True)
        labels.mkdir(parents=True)
        for i in range(count):
            label = FALL if i % 2 == 0 else NOT_FALL
            image = cv2.resize(scene(1000 * parts.index(part) + i), (240, 180))
            image[60:108, 96:144] = body(label, rng)
            cv2.imwrite(str(images / f"picture{i:03d}.png"), image)
            (labels / f"picture{i:03d}.txt").write_text(f"{label} 0.5 0.46667 0.2 0.26667\n")
    return folder


def write_crop_folder(folder: Path, recordings: int = 10, each: int = 2) -> Path:
    """Crops of both classes, ``each`` of a class from each recording."""
    rng = np.random.default_rng(1)
    for name, label in (("fall", FALL), ("not_fall", NOT_FALL)):
        (folder / name).mkdir(parents=True)
        for i in range(recordings * each):
            cv2.imwrite(str(folder / name / f"bed{i // each}__{i}.png"), body(label, rng))
    return folder
