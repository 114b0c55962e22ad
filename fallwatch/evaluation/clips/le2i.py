"""Annotations as the Le2i (IMVIA) fall data set has them: one text file beside each clip."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from fallwatch.evaluation.clips.names import shown
from fallwatch.evaluation.clips.text_file import TextFileError, read_text

#: No clip has more frames: a year at 30 frames a second.
_MOST_FRAMES = 10**9


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
        lines = read_text(path).split("\n")[:2]
        if lines[0].count(",") >= 5:
            return None
        first, last = (int(line) for line in lines)
    except TextFileError as error:
        raise AnnotationError(str(error)) from error
    except ValueError as error:
        raise AnnotationError(
            f"{shown(path)}, line 1 and 2, are not the first and last frame of the fall, one "
            "number a line."
        ) from error
    if first == 0 and last == 0:
        return None
    if not 0 < first <= last < _MOST_FRAMES:
        raise AnnotationError(
            f"{shown(path)}, line 1 and 2, give a fall from frame {first} to frame {last}."
        )
    return FallFrames(first, last)
