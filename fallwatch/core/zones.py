"""Places in the image where lying, or being seen at all, means something else."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum


class ZoneKind(str, Enum):
    """What a zone means."""

    BED = "bed"
    IGNORE = "ignore"


@dataclass(frozen=True, slots=True)
class Zone:
    """A polygon drawn on one camera's image.

    Attributes:
        kind: A bed or sofa, where lying is no fall; or something to ignore, such as a mirror, a
            television or a window to the street.
        corners_norm: At least three corners, x and y as fractions of the frame's width and
            height, in order around the zone.
        exit_after_s: Of a bed: out of it for longer, whoever lay there is a notice; 0 for never.
        exit_hours: In which hours of the day that is wanted, such as ``22:00-06:00``; empty for
            all. Kept for whoever raises the alarm: nothing in here knows a clock.
    """

    kind: ZoneKind
    corners_norm: tuple[tuple[float, float], ...]
    exit_after_s: float = 0.0
    exit_hours: str = ""

    def __post_init__(self) -> None:
        if len(self.corners_norm) < 3:
            raise ValueError(f"a zone needs at least 3 corners, got {len(self.corners_norm)}")

    def contains(self, x_norm: float, y_norm: float) -> bool:
        """Whether a point lies inside, by the even-odd rule.

        >>> Zone(ZoneKind.BED, ((0, 0), (1, 0), (1, 1), (0, 1))).contains(0.5, 0.5)
        True
        """
        inside = False
        ends = (*self.corners_norm[1:], self.corners_norm[0])
        for (x1, y1), (x2, y2) in zip(self.corners_norm, ends, strict=True):
            if (y1 > y_norm) != (y2 > y_norm):
                crossing = x1 + (y_norm - y1) * (x2 - x1) / (y2 - y1)
                inside ^= x_norm < crossing
        return inside


def in_zone(zones: tuple[Zone, ...], kind: ZoneKind, x_norm: float, y_norm: float) -> bool:
    """Whether a point lies in any zone of a kind."""
    return any(zone.kind is kind and zone.contains(x_norm, y_norm) for zone in zones)
