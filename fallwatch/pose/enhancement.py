"""Enhancement of blurred, grey, dark and crushed images before the networks see them.

The networks learned from sharp, light images in colour. In one blurred by a hundredth of its
height, without colour as cameras send them at night, nearly black, or compressed until its squares
show, the detector doubts every second person, the landmarks wander, and the classifier sees nobody
fallen. Sharpened, with cool shadows and warm light, brightened, or smoothed, such images show
people again. The classifier sees no better what is sharpened or smoothed: of motion blur that is
sharpened it takes the edges for somebody lying. For it there is `in_good_light`.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, replace

import numpy as np

from fallwatch.core.types import Image

# The image is looked at with its longer side this long, in pixels, as the detector sees it.
_SIDE = 224

# Gaussians, in those pixels: details lie between the first two and outlines between the last two.
# What is finer still is mostly the noise of the camera, which a lens out of focus does not blur.
_WIDTHS = (0.7, 1.4, 3.0)

# Details have at least 0.30 times the energy of outlines in 147 recorded clips, also dark, at
# 320x240 and as JPEG of quality 15; at most 0.26 when blurred by a hundredth of the height, also
# with a noise of 6 of 255 on top.
_OUT_OF_FOCUS = 0.28

# Mean difference between the strongest and the weakest channel, of 255. A camera at night sends no
# colour at all, like one of 147 clips; the palest of the others have 1.
_GREY = 0.25

# Mean of the brightest channel, of 255, under which an image is dark, and what it is raised to.
# Rooms lit by one lamp have 47 and more: there brightening raises the noise and costs sightings.
_DARK = 40.0
_LIT = 90.0

# The darkest images are brightened no more than by this exponent: the rest would be noise.
_STRONGEST_GAMMA = 0.45

# JPEG works on squares of this many pixels. Brightness steps from one square to the next so many
# times as far as from pixel to pixel inside, in both directions: in the middle frames of 468 clips
# as recorded at most 1.3 times, as JPEG of quality 15 at the median 2.1 times, of quality 50 1.4
# times. An image that was scaled or cropped after it was compressed does not show it.
_JPEG_SQUARE_PX = 8
_BLOCKY = 1.5

# So much of the middle tells, rows and columns: in a larger image the rest would only take time.
_MIDDLE_PX = (480, 640)

# Steps smaller than this, of 255, are those of an image of one colour.
_FLAT = 0.01

# The median of so many pixels by so many takes the squares' edges away, and keeps those of people.
_SMOOTHED_PX = 3

# Blue, green and red as shares of 255, at black and at white: shadows are cool, light is warm.
_AT_BLACK = 255.0 * np.array((0.08, 0.0, 0.0))
_AT_WHITE = 255.0 * np.array((0.88, 0.85, 1.05))

# The tone of each grey, (256, 3).
_TONES = np.linspace(_AT_BLACK, _AT_WHITE, 256).round().clip(0, 255).astype(np.uint8)


@dataclass(frozen=True, slots=True)
class Enhancement:
    """What is wrong with a camera's images, and done about it.

    Attributes:
        out_of_focus: They are blurred: to be sharpened.
        grey: They have no colour: to be toned.
        gamma: The exponent that brightens them; 1 where they are light enough.
        blocky: The squares of their compression show: to be smoothed.
    """

    out_of_focus: bool = False
    grey: bool = False
    gamma: float = 1.0
    blocky: bool = False

    def smoothed(self, image_bgr: Image) -> Image:
        """A whole image, before patches are cut out of it, without the squares of compression.

        Args:
            image_bgr: (height, width, 3) uint8.
        """
        import cv2

        if not self.blocky:
            return image_bgr
        return np.asarray(cv2.medianBlur(image_bgr, _SMOOTHED_PX), dtype=np.uint8)

    def apply(self, patch_bgr: Image, radius_px: float, amount: float) -> Image:
        """A patch as a network shall see it.

        Args:
            patch_bgr: (height, width, 3) uint8.
            radius_px: See `sharpened`.
            amount: See `sharpened`.
        """
        patch_bgr = self._brightened(patch_bgr)
        if self.out_of_focus:
            patch_bgr = sharpened(patch_bgr, radius_px, amount)
        return self._toned(patch_bgr)

    def in_good_light(self, patch_bgr: Image) -> Image:
        """A patch brightened and toned as far as it needs that.

        Args:
            patch_bgr: (height, width, 3) uint8.
        """
        return self._toned(self._brightened(patch_bgr))

    def _brightened(self, patch_bgr: Image) -> Image:
        return brightened(patch_bgr, self.gamma) if self.gamma < 1.0 else patch_bgr

    def _toned(self, patch_bgr: Image) -> Image:
        return toned(patch_bgr) if self.grey else patch_bgr


#: For good images.
NO_ENHANCEMENT = Enhancement()


def enhancement_for(image_bgr: Image) -> Enhancement:
    """What a whole image needs for the pose networks.

    Args:
        image_bgr: (height, width, 3) uint8.
    """
    small = _small(image_bgr)
    light = _light_for(small)
    return replace(light, out_of_focus=_is_out_of_focus(small), blocky=_is_blocky(image_bgr))


def light_for(image_bgr: Image) -> Enhancement:
    """What a whole image needs as for light and colour alone.

    Args:
        image_bgr: (height, width, 3) uint8.
    """
    return _light_for(_small(image_bgr))


def _small(image_bgr: Image) -> Image:
    import cv2

    height, width = image_bgr.shape[:2]
    scale = _SIDE / max(height, width)
    size = max(round(width * scale), 1), max(round(height * scale), 1)
    return np.asarray(cv2.resize(image_bgr, size), dtype=np.uint8)


def _light_for(small_bgr: Image) -> Enhancement:
    import cv2

    # Channel by channel: over the last axis of an image numpy takes thirty times as long.
    blue, green, red = cv2.split(small_bgr)
    brightest = cv2.max(cv2.max(blue, green), red)
    darkest = cv2.min(cv2.min(blue, green), red)
    return Enhancement(
        grey=float((brightest - darkest).mean()) < _GREY,
        gamma=_gamma_for(float(brightest.mean())),
    )


def _is_out_of_focus(small_bgr: Image) -> bool:
    """Whether an image shows outlines but no details."""
    import cv2

    grey = cv2.cvtColor(small_bgr, cv2.COLOR_BGR2GRAY).astype(np.float32)
    fine, middle, coarse = (cv2.GaussianBlur(grey, (0, 0), width_px) for width_px in _WIDTHS)
    details, outlines = np.mean((fine - middle) ** 2), np.mean((middle - coarse) ** 2)
    return bool(details < _OUT_OF_FOCUS * outlines)


def _is_blocky(image_bgr: Image) -> bool:
    """Whether the squares of compression show, across as well as down."""
    import cv2

    top, left = (
        max(0, (side - most) // 2 // _JPEG_SQUARE_PX * _JPEG_SQUARE_PX)
        for side, most in zip(image_bgr.shape[:2], _MIDDLE_PX, strict=True)
    )
    middle = image_bgr[top : top + _MIDDLE_PX[0], left : left + _MIDDLE_PX[1]]
    grey = np.asarray(cv2.cvtColor(middle, cv2.COLOR_BGR2GRAY), dtype=np.uint8)
    return all(_step_ratio(lines) > _BLOCKY for lines in (grey, np.ascontiguousarray(grey.T)))


def _step_ratio(grey: Image) -> float:
    """How much larger the steps between squares are than those inside of them.

    Args:
        grey: (height, width) uint8.
    """
    import cv2

    squares = (grey.shape[1] - 1) // _JPEG_SQUARE_PX
    if squares == 0:
        return 1.0
    used = grey[:, : squares * _JPEG_SQUARE_PX + 1]
    steps = cv2.reduce(cv2.absdiff(used[:, 1:], used[:, :-1]), 0, cv2.REDUCE_AVG, dtype=cv2.CV_32F)
    *inside, between = steps.reshape(squares, _JPEG_SQUARE_PX).mean(axis=0)
    return float(between) / max(float(np.median(inside)), _FLAT)


def _gamma_for(mean: float) -> float:
    """The exponent that brings a dark image to `_LIT`; 1 for one that is light enough.

    Args:
        mean: Of the brightest channel, 0 to 255.
    """
    if mean >= _DARK:
        return 1.0
    return max(math.log(_LIT / 255.0) / math.log(max(mean, 1.0) / 255.0), _STRONGEST_GAMMA)


def brightened(patch_bgr: Image, gamma: float) -> Image:
    """A patch with its dark parts raised: each value, as a share of 255, to the power of gamma.

    Args:
        patch_bgr: (height, width, 3) uint8.
        gamma: Less than 1 brightens.
    """
    table = (255.0 * (np.arange(256) / 255.0) ** gamma).round().astype(np.uint8)
    return np.asarray(table[patch_bgr], dtype=np.uint8)


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


def toned(patch_bgr: Image) -> Image:
    """A grey patch in two tones, cool in the dark and warm in the light.

    Args:
        patch_bgr: (height, width, 3) uint8; its channels are the same.
    """
    return np.asarray(_TONES[patch_bgr[:, :, 0]], dtype=np.uint8)
