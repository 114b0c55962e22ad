"""Label files of YOLO sets: boxes, polygons and oriented boxes, one person a line."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path

from fallwatch.core.types import Box
from fallwatch.evaluation.clips.names import shown
from fallwatch.evaluation.clips.text_file import TextFileError, read_text
from train.data.class_names import ClassNames
from train.errors import TrainError

#: How far rounding may carry a coordinate out of the image, as Ultralytics allows it.
_BEYOND = 0.01

_NUMBER = re.compile(r"[+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d{1,3})?", re.ASCII)

_FORMS = (
    "'class x y width height' or 'class x1 y1 x2 y2 x3 y3 ...', in shares of the image's width "
    "and height"
)


@dataclass(frozen=True, slots=True)
class LabelledBox:
    """One labelled person, before the size of the image is known.

    Attributes:
        left: Share of the image's width, 0 to 1 up to rounding.
        top: Share of its height.
        right: Share of the width.
        bottom: Share of the height.
        label: FALL or NOT_FALL; None: to be left out.
    """

    left: float
    top: float
    right: float
    bottom: float
    label: int | None

    def in_pixels(self, width_px: int, height_px: int) -> Box:
        """The box in an image of this size."""
        return Box(
            self.left * width_px, self.top * height_px,
            self.right * width_px, self.bottom * height_px,
        )  # fmt: skip


class _LineError(Exception):
    """A line cannot be understood. The message says why, to go on ``file, line 3``."""


def read_label_file(path: Path, classes: ClassNames) -> list[LabelledBox]:
    """The people of one image; none for an empty file, which labels a background.

    A line holds a box, a box and the points of a skeleton where ``data.yaml`` announces them, a
    polygon or the four corners of an oriented box; the last two give their bounding box. A
    confidence after any of them is passed over.

    Raises:
        TrainError: A line cannot be understood; it is named.
    """
    try:
        lines = read_text(path).split("\n")
    except TextFileError as error:
        raise TrainError(f"{error} Correct the file or remove it.") from error
    people = []
    for number, line in enumerate(lines, start=1):
        if not line.strip():
            continue
        try:
            people.append(_read_line(line.split(), classes))
        except _LineError as error:
            raise TrainError(
                f"{shown(path)}, line {number} is not {_FORMS}: {error}. Correct the line or "
                f"remove the file."
            ) from error
    return people


def _read_line(cells: list[str], classes: ClassNames) -> LabelledBox:
    for cell in cells:
        if not _NUMBER.fullmatch(cell):
            raise _LineError(f"'{shown(cell[:30])}' is not a number")
    label = _label(cells[0], classes)
    values = [float(cell) for cell in cells[1:]]
    shape = _shape(cells[1:], values, classes.keypoint_numbers)
    for cell, value in zip(cells[1:], shape, strict=False):
        if not -_BEYOND <= value <= 1 + _BEYOND:
            reason = "pixels must be divided by the image's size" if value > 1 else "it is < 0"
            raise _LineError(f"{cell[:30]} does not lie between 0 and 1 ({reason})")
    return LabelledBox(*_bounds(shape), label)


def _label(cell: str, classes: ClassNames) -> int | None:
    number = float(cell)
    # Some tools write 1.0 or 1.000000.
    if not 0 <= number < len(classes.names) or number != int(number) or "-" in cell:
        last = len(classes.names) - 1
        raise _LineError(f"class {cell[:30]} is none of the {last + 1} classes, 0 to {last}")
    return classes.meanings[int(number)]


def _shape(cells: list[str], values: list[float], keypoint_numbers: int) -> list[float]:
    """The numbers that give the place: four of a box, or six and more of corners."""
    count = len(values)
    if count == 4 or (keypoint_numbers and count == 4 + keypoint_numbers):
        return values[:4]
    if count < 4:
        raise _LineError(f"{count + 1} numbers are too few")
    if count % 2:
        if not 0 <= values[-1] <= 1:
            raise _LineError(f"the last number, {cells[-1][:30]}, is no confidence")
        return values[:-1]
    if count == 6 and cells[-1].isdigit():
        # Three corners, or a box with its confidence and the number of a track.
        raise _LineError("six numbers after the class, the last without decimals, are not clear")
    return values


def _bounds(shape: list[float]) -> tuple[float, float, float, float]:
    if len(shape) == 4:
        x, y, width, height = shape
        return x - width / 2, y - height / 2, x + width / 2, y + height / 2
    across, down = shape[0::2], shape[1::2]
    return min(across), min(down), max(across), max(down)
