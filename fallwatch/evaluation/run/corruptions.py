"""Corruptions of clips: how robust detection is to bad light, to cameras and to chance.

The term is that of Hendrycks and Dietterich (Benchmarking neural network robustness to common
corruptions and perturbations, ICLR 2019); each corruption here has one severity. Variations make
nothing worse: a clip seen in a mirror, or begun one frame later, shows the same fall, so whatever
they change is luck and not merit.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from fallwatch.core.types import Image


@dataclass(frozen=True, slots=True)
class Corruption:
    """One way to change frames. The times of the annotation stay true.

    Attributes:
        name: Key in the results.
        description: In words, for the table.
        apply: From image to image, both (height, width, 3) uint8 BGR; the size may change.
        max_fps: Frames per second, where the frame rate is what is made worse.
        skip_frames: Frames left out at the beginning, so that others are analysed after it.
    """

    name: str
    description: str
    apply: Callable[[Image], Image]
    max_fps: float | None = None
    skip_frames: int = 0


def _unchanged(image_bgr: Image) -> Image:
    return image_bgr


def _darken(image_bgr: Image) -> Image:
    """A dim room: gamma 2.2 and a third of the light, so that mid grey becomes 18 of 255."""
    table = np.round(255.0 * 0.33 * (np.arange(256) / 255.0) ** 2.2).astype(np.uint8)
    return np.asarray(table[image_bgr], dtype=np.uint8)


def _blur(image_bgr: Image) -> Image:
    """Out of focus: a Gaussian of 1 % of the height, about 5 pixels at 480."""
    import cv2

    sigma = max(image_bgr.shape[0] * 0.01, 1.0)
    return np.asarray(cv2.GaussianBlur(image_bgr, (0, 0), sigma), dtype=np.uint8)


def _compress(image_bgr: Image) -> Image:
    """JPEG at quality 15: blocks and smeared colour."""
    import cv2

    _, data = cv2.imencode(".jpg", image_bgr, [cv2.IMWRITE_JPEG_QUALITY, 15])
    return np.asarray(cv2.imdecode(data, cv2.IMREAD_COLOR), dtype=np.uint8)


def _shrink(image_bgr: Image) -> Image:
    """At most 320x240, the sides in proportion; smaller images stay as they are."""
    import cv2

    height, width = image_bgr.shape[:2]
    scale = min(320 / width, 240 / height, 1.0)
    size = (max(round(width * scale), 1), max(round(height * scale), 1))
    if size == (width, height):
        return image_bgr
    return np.asarray(cv2.resize(image_bgr, size, interpolation=cv2.INTER_AREA), dtype=np.uint8)


def _grey(image_bgr: Image) -> Image:
    """Without colour, as night cameras see."""
    import cv2

    grey = cv2.cvtColor(image_bgr, cv2.COLOR_BGR2GRAY)
    return np.asarray(cv2.cvtColor(grey, cv2.COLOR_GRAY2BGR), dtype=np.uint8)


def _tilt(image_bgr: Image) -> Image:
    """Turned by 10 degrees about the middle."""
    return _hung_otherwise(image_bgr, (1 / 2, 1 / 2), 10.0, 1.0)


def _move_away(image_bgr: Image) -> Image:
    """At 0.7 of its size, a little below the middle."""
    return _hung_otherwise(image_bgr, (1 / 2, 2 / 3), 0.0, 0.7)


def _hung_otherwise(
    image_bgr: Image, about: tuple[float, float], turn_deg: float, scale: float
) -> Image:
    """As from a camera that hangs elsewhere; beyond the image its edge goes on.

    Args:
        image_bgr: (height, width, 3) uint8.
        about: The point that stays where it is, x and y as fractions of the image.
        turn_deg: Counter-clockwise.
        scale: Less than 1 makes everything smaller.
    """
    import cv2

    height, width = image_bgr.shape[:2]
    matrix = cv2.getRotationMatrix2D((about[0] * width, about[1] * height), turn_deg, scale)
    return np.asarray(
        cv2.warpAffine(image_bgr, matrix, (width, height), borderMode=cv2.BORDER_REPLICATE),
        dtype=np.uint8,
    )


def _mirror(image_bgr: Image) -> Image:
    """Left and right exchanged."""
    return np.ascontiguousarray(image_bgr[:, ::-1])


#: The clip as recorded.
CLEAN = Corruption("clean", "as recorded", _unchanged)

#: Everything ``--stress`` measures besides, by name, in the order of the table.
CORRUPTIONS = {
    corruption.name: corruption
    for corruption in (
        Corruption("dark", "dark room (gamma 2.2, a third of the light)", _darken),
        Corruption("blur", "out of focus (blur of 1 % of the height)", _blur),
        Corruption("jpeg15", "JPEG at quality 15", _compress),
        Corruption("fps8", "8 frames a second", _unchanged, max_fps=8.0),
        Corruption("320x240", "at most 320x240", _shrink),
        Corruption("grey", "without colour", _grey),
        Corruption("tilted", "camera askew by 10 degrees", _tilt),
        Corruption("farther", "seen from farther away (0.7 of the size)", _move_away),
    )
}

#: Everything ``--vary`` measures besides, by name.
VARIATIONS = {
    variation.name: variation
    for variation in (
        Corruption("later", "begun one frame later", _unchanged, skip_frames=1),
        Corruption("mirrored", "in a mirror", _mirror),
    )
}


def corruption_named(name: str) -> Corruption:
    """The corruption or variation of this name, or `CLEAN`.

    Raises:
        KeyError: There is none of this name.
    """
    return {CLEAN.name: CLEAN, **CORRUPTIONS, **VARIATIONS}[name]
