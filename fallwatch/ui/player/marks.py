"""Marks of a clip in the player: the evidence, alarms and annotated falls."""

from __future__ import annotations

from bisect import bisect_right
from dataclasses import dataclass

from fallwatch.recording.evidence_track import EvidenceTrack, Point

#: Where there is no point for longer, the curve has a hole.
GAP_S = 1.0


@dataclass(frozen=True, slots=True)
class Mark:
    """A moment worth finding.

    Attributes:
        time_s: Time in the clip.
        words: What happened.
    """

    time_s: float
    words: str


@dataclass(frozen=True, slots=True)
class PlayerMarks:
    """All that the timeline shows.

    Attributes:
        points: The evidence, in order of time.
        alarms: When alarms were raised.
        falls_s: Start and end of annotated falls.
        threshold: Score from which on an alarm is raised, where known.
    """

    points: tuple[Point, ...] = ()
    alarms: tuple[Mark, ...] = ()
    falls_s: tuple[tuple[float, float], ...] = ()
    threshold: float | None = None

    @classmethod
    def of_event(cls, track: EvidenceTrack, words: str) -> PlayerMarks:
        """Those of one recorded event."""
        return cls(points=track.points, alarms=(Mark(track.event_s, words),))

    @property
    def end_s(self) -> float:
        """Until when anything is known."""
        ends = [self.points[-1].time_s] if self.points else []
        ends += [mark.time_s for mark in self.alarms] + [end for _, end in self.falls_s]
        return max(ends, default=0.0)

    def at(self, time_s: float) -> Point | None:
        """The evidence at a time; None where there is none."""
        index = bisect_right(self.points, time_s + 1e-3, key=lambda point: point.time_s)
        point = self.points[index - 1] if index else None
        return None if point is None or time_s - point.time_s > GAP_S else point

    def runs(self) -> list[list[Point]]:
        """The points, cut into pieces where there are holes."""
        pieces: list[list[Point]] = []
        for point in self.points:
            if not pieces or point.time_s - pieces[-1][-1].time_s > GAP_S:
                pieces.append([])
            pieces[-1].append(point)
        return pieces
