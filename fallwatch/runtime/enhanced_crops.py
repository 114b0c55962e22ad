"""Crops of people, enhanced for the classifier as images are for the pose networks.

On the people that BlazePose finds in UR Fall, GMDCSA-24, the single falls and everyday clips (117
lying after a fall, 456 others), the classifier is sure (0.6 or more) of so many of those who lie,
and of so many others:

================ ======================= =====================
images           as they are             enhanced
================ ======================= =====================
dark             68 %, 2.2 % of others   85 %, 2.2 % of others
without colour   75 %, 2.0 % of others   80 %, 2.4 % of others
out of focus     56 %, none of others    63 %, 0.2 % of others
================ ======================= =====================
"""

from __future__ import annotations

from dataclasses import replace

from fallwatch.classifiers.preprocessing import InputSpec, cut_crop
from fallwatch.core.types import Box, Image, PersonCrop
from fallwatch.pose.enhancement import enhancement_for

#: What a crop of an image out of focus needs, as `fallwatch.pose.landmarks`: a body is as large.
_SHARPEN_RADIUS_PX = 3.0
_SHARPEN_AMOUNT = 2.0


def enhanced_crop(image_bgr: Image, box: Box, spec: InputSpec) -> PersonCrop:
    """Cut the square around a person, and mend what is wrong with the whole image.

    Args:
        image_bgr: (height, width, 3) uint8.
        box: The person, in pixels of that image.
        spec: The classifier's input.

    Returns:
        A crop of (side, side, 3), see `fallwatch.classifiers.preprocessing.cut_crop`.
    """
    crop = cut_crop(image_bgr, box, spec)
    remedy = enhancement_for(image_bgr)
    better = remedy.apply(crop.image_bgr, _SHARPEN_RADIUS_PX, _SHARPEN_AMOUNT)
    return replace(crop, image_bgr=better)
