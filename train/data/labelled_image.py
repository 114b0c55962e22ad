"""Labelled image after reading: its person crops, and what distinguishes it from other images."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import cv2
import numpy as np
from numpy.typing import NDArray

from fallwatch.classifiers.preprocessing import InputSpec, cut_crop
from fallwatch.core.types import Box, Floats, Image
from train.errors import TrainError

#: Width and height of the thumbnail by which scenes are compared.
THUMB_SIZE = (48, 36)


@dataclass(frozen=True, slots=True, eq=False)
class LabelledImage:
    """One labelled image.

    Attributes:
        name: Where it came from, ``<set>/<path inside the set>``.
        data_set: Name of the set.
        part: ``train`` or ``val`` where the set itself is split, else empty.
        source: The recording it was taken from; empty if the file name does not say.
        digest: sha256 of the file, or of the pixels of a clip's frame.
        thumb: (36, 48) float32, grey.
        crops: (n, side, side, 3) uint8, blue, green, red: one square for each person.
        labels: (n,) int64, 0 = Fall, 1 = Not Fall.
    """

    name: str
    data_set: str
    part: str
    source: str
    digest: str
    thumb: Floats
    crops: Image
    labels: NDArray[np.int64]

    def from_source(self, source: str) -> LabelledImage:
        """The same image, said to be from ``source``."""
        return replace(self, source=source)


def read_image(path: Path) -> Image:
    """Read an image file.

    Raises:
        TrainError: It is not an image, or damaged.
    """
    # imdecode, because imread cannot open names outside the code page on Windows.
    image = cv2.imdecode(np.frombuffer(path.read_bytes(), dtype=np.uint8), cv2.IMREAD_COLOR)
    if image is None:
        raise TrainError(f"{path} cannot be read as a picture. Remove it or replace it.")
    return np.asarray(image, dtype=np.uint8)


def file_digest(path: Path) -> str:
    """sha256 of a file."""
    return hashlib.sha256(path.read_bytes()).hexdigest()


def thumbnail(image_bgr: Image) -> Floats:
    """A small grey copy, (36, 48) float32, whatever the image's shape."""
    grey = cv2.cvtColor(image_bgr, cv2.COLOR_BGR2GRAY)
    return cv2.resize(grey, THUMB_SIZE, interpolation=cv2.INTER_AREA).astype(np.float32)


def cut_all(
    image_bgr: Image, people: Sequence[tuple[Box, int]], spec: InputSpec
) -> tuple[Image, NDArray[np.int64]]:
    """Cut every person out with the app's own code.

    Returns:
        Crops (n, side, side, 3) uint8 and labels (n,) int64.
    """
    crops = np.empty((len(people), spec.side_px, spec.side_px, 3), dtype=np.uint8)
    for row, (box, _) in zip(crops, people, strict=True):
        row[:] = cut_crop(image_bgr, box, spec).image_bgr
    return crops, np.array([label for _, label in people], dtype=np.int64)
