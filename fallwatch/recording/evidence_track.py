"""The evidence over the time of a clip, kept as a small JSON file beside it."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import NamedTuple

_VERSION = 1


class TrackError(ValueError):
    """A file does not hold evidence over time."""


class Point(NamedTuple):
    """The evidence in one frame.

    Attributes:
        time_s: Time in the clip.
        p_fall: The classifier's smoothed probability of a fall, 0 to 1.
        score: The decision's score, 0 to 1.
    """

    time_s: float
    p_fall: float
    score: float


@dataclass(frozen=True, slots=True)
class EvidenceTrack:
    """The evidence of one event.

    Attributes:
        event_s: When the alarm was raised, as time in the clip.
        points: In order of time.
        source_clip: The recorded clip the event was found in, which is not copied; None where
            fallwatch recorded a clip of its own.
    """

    event_s: float
    points: tuple[Point, ...] = ()
    source_clip: str | None = None


def to_json(track: EvidenceTrack) -> bytes:
    """The file's content."""
    points = [[round(value, 3) for value in point] for point in track.points]
    content = {
        "version": _VERSION,
        "event_s": round(track.event_s, 3),
        "source_clip": track.source_clip,
        "columns": list(Point._fields),
        "points": points,
    }
    # In ASCII: the name of a clip may hold bytes that are no UTF-8.
    return json.dumps(content).encode()


def from_json(content: bytes) -> EvidenceTrack:
    """Read the file's content.

    Raises:
        TrackError: It is something else.
    """
    try:
        data = json.loads(content)
        points = tuple(Point(*(float(value) for value in row)) for row in data["points"])
        source = data["source_clip"]
        return EvidenceTrack(
            float(data["event_s"]), points, None if source is None else str(source)
        )
    except (ValueError, TypeError, KeyError) as error:
        raise TrackError(f"This is no record of evidence ({error}).") from error
