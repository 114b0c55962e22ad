"""Clip values: file, source and annotation, known before the analysis."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from fallwatch.evaluation.clips.le2i import FallFrames
from fallwatch.evaluation.clips.names import shown

#: Where only the start of a fall is given, it is taken to last this long: from losing balance to
#: lying, as UR Fall is annotated.
USUAL_FALL_S = 1.0

#: Sport: people lie down and kneel on purpose. Reported separately.
_SPORT = ("exercise", "squat")


class ClipFolderError(Exception):
    """A folder of clips, or one of its label files, cannot be used. The message names it."""


@dataclass(frozen=True, slots=True)
class FallSeconds:
    """A fall whose times are given in seconds.

    Attributes:
        start_s: Time in the clip.
        end_s: Time at which the person lies; None where it is not annotated.
    """

    start_s: float
    end_s: float | None = None

    def seconds(self, fps: float) -> tuple[float, float]:
        """Start and end as times in the clip, whatever the frame rate."""
        end_s = self.start_s + USUAL_FALL_S if self.end_s is None else self.end_s
        return self.start_s, end_s


@dataclass(frozen=True, slots=True)
class Clip:
    """One file to analyse.

    Attributes:
        path: The file.
        source: The data set, with the room or the origin where there are several, as `shown`.
            Metrics are given for each source.
        labelled: Whether it is known if somebody falls. Others are analysed and shown, but not
            counted.
        falls: In order of time; empty where nobody falls.
        activity: The activity, if the file's name gives it.
    """

    path: Path
    source: str
    labelled: bool = True
    falls: tuple[FallSeconds | FallFrames, ...] = ()
    activity: str = ""

    @property
    def key(self) -> str:
        """Source and name: unique within one run, and the same on another computer."""
        return f"{self.source}/{shown(self.path.name)}"

    @property
    def is_sport(self) -> bool:
        """Whether people lie and kneel on purpose in it."""
        return self.activity.startswith(_SPORT)
