"""Annotations as the Le2i (IMVIA) fall data set has them: one text file beside each clip."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path


class AnnotationError(Exception):
    """An annotation file cannot be read. The message names it and what is wrong."""


@dataclass(frozen=True, slots=True)
class FallFrames:
    """First and last frame of a fall, counted from 1."""

    first: int
    last: int

    def seconds(self, fps: float) -> tuple[float, float]:
        """Start and end of the fall as times in the clip."""
        return (self.first - 1) / fps, (self.last - 1) / fps


def read_fall_frames(path: Path) -> FallFrames | None:
    """The annotated fall of a clip.

    The first line is the frame in which the fall starts, the second the one in which it ends,
    ``0`` and ``0`` where nobody falls. What follows (a box for each frame) is not read here; some
    clips of the data set without a fall have only that.

    Returns:
        None for a clip without a fall.

    Raises:
        AnnotationError: The file is missing, or does not begin with two frame numbers.
    """
    try:
        lines = path.read_text(encoding="utf-8", errors="replace").split("\n")[:2]
        if lines[0].count(",") >= 5:
            return None
        first, last = (int(line) for line in lines)
    except OSError as error:
        raise AnnotationError(f"{path} cannot be read ({error.strerror}).") from error
    except ValueError as error:
        raise AnnotationError(
            f"{path} does not begin with the first and last frame of the fall, one number a line."
        ) from error
    if first == 0 and last == 0:
        return None
    if not 0 < first <= last:
        raise AnnotationError(f"{path} gives a fall from frame {first} to frame {last}.")
    return FallFrames(first, last)
