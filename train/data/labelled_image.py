"""Labelled image after reading: its person crops, and what distinguishes it from other images."""

from __future__ import annotations

import hashlib
import io
import os
import struct
import warnings
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import cv2
import numpy as np
import PIL.Image
from numpy.typing import NDArray

from fallwatch.classifiers.preprocessing import InputSpec, cut_crop
from fallwatch.core.types import Box, Floats, Image
from fallwatch.evaluation.clips.names import shown
from train.errors import TrainError

#: Endings of image files, in lower case.
IMAGE_SUFFIXES = frozenset({
    ".avif", ".bmp", ".dib", ".dng", ".gif", ".heic", ".heif", ".jfif", ".jp2", ".jpe", ".jpeg",
    ".jpg", ".mpo", ".pbm", ".pfm", ".pgm", ".png", ".pnm", ".ppm", ".tif", ".tiff", ".webp",
})  # fmt: skip

#: What Windows and archives of a Mac leave in folders.
_STRAY = frozenset({"thumbs.db", "desktop.ini", "__macosx"})

#: Limits on one image: no camera's is larger, and a small file may unpack to gigabytes.
_MOST_BYTES = 2**28
_MOST_PIXELS = 10**8

#: What Pillow raises on files that are not what they seem.
_NO_HEAD = (
    OSError, ValueError, SyntaxError, ArithmeticError, LookupError, TypeError, AttributeError,
    RuntimeError, MemoryError, struct.error,
)  # fmt: skip

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


def files_below(folder: Path) -> list[Path]:
    """All files in a folder and those below it, sorted; hidden ones are passed over.

    Links are followed, each folder once.

    Raises:
        TrainError: A folder cannot be read.
    """
    seen: set[str] = set()
    waiting, found = [folder], []
    while waiting:
        place = waiting.pop()
        real = os.path.realpath(place)
        if real in seen:
            continue
        seen.add(real)
        try:
            entries = [path for path in place.iterdir() if path.name.lower() not in _STRAY]
            entries = [path for path in entries if path.name[0] != "."]
            waiting += [path for path in entries if path.is_dir()]
            found += [path for path in entries if path.is_file()]
        except OSError as error:
            raise TrainError(f"{shown(place)} cannot be read ({error.strerror}).") from error
    return sorted(found)


def read_image(path: Path) -> Image:
    """Read an image file.

    Raises:
        TrainError: It is not an image, damaged, or too large.
    """
    data = _read_bytes(path)
    _check_size(path, data)
    if _is_cut_off(data):
        raise TrainError(f"{shown(path)} is cut off before its end. Remove it or copy it again.")
    # imdecode, because imread cannot open names outside the code page on Windows.
    try:
        image = cv2.imdecode(np.frombuffer(data, dtype=np.uint8), cv2.IMREAD_COLOR)
    except (cv2.error, MemoryError):
        image = None
    if image is None:
        raise TrainError(f"{shown(path)} cannot be read as an image. Remove it or replace it.")
    return np.asarray(image, dtype=np.uint8)


def _read_bytes(path: Path) -> bytes:
    try:
        with path.open("rb") as file:
            data = file.read(_MOST_BYTES + 1)
    except OSError as error:
        raise TrainError(f"{shown(path)} cannot be read ({error.strerror}).") from error
    if len(data) > _MOST_BYTES:
        raise TrainError(f"{shown(path)} is larger than {_MOST_BYTES >> 20} MB. Make it smaller.")
    return data


def _check_size(path: Path, data: bytes) -> None:
    """Look into the head only: a small file may unpack to gigabytes."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            width, height = PIL.Image.open(io.BytesIO(data)).size
    except PIL.Image.DecompressionBombError:
        width, height = _MOST_PIXELS, 2
    except _NO_HEAD:
        return  # OpenCV may know it, and says so if not
    if width * height > _MOST_PIXELS:
        raise TrainError(
            f"{shown(path)} has more than {_MOST_PIXELS // 10**6} million pixels. Make it smaller."
        )


def _is_cut_off(data: bytes) -> bool:
    """Whether a JPEG or PNG lacks its end: OpenCV fills what is missing with grey."""
    if data.startswith(b"\xff\xd8"):
        # Neither mark can stand within the pixels, but a preview in the head has both.
        return data.rfind(b"\xff\xd9") < data.rfind(b"\xff\xda")
    return data.startswith(b"\x89PNG") and b"IEND" not in data


def file_digest(path: Path) -> str:
    """sha256 of a file."""
    return hashlib.sha256(_read_bytes(path)).hexdigest()


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
