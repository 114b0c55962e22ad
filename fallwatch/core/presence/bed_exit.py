"""Bed exit, the rule: somebody who lay in a bed was seen out of it, and has not come back.

It is about a bed, not about a body: whoever lies under a blanket is lost from view for hours, and
is another track when they sit up. So for each bed that wants it three things are asked, in order:

1. Did somebody lie in it? `LAIN_S` of lying were seen, with any gaps; of sitting it takes four
   times as long, for somebody who lies along the camera's view looks as if they sat.
2. Was somebody who comes from it seen out of it? They were seen with their hips in the zone for
   `FROM_BED_S`, or came into view right beside it, and were then seen elsewhere for `OUT_SEEN_S`
   while nobody was seen in it. A body that is only lost from view is not out, and somebody who
   comes in at the door to look at a sleeper under a blanket does not come from the bed.
3. Has it been empty since, for as long as the bed's setting says? Where they are meanwhile, in view
   or not, does not matter. Whoever is seen in the bed for `BACK_S` is back.

Time without frames, as when the camera is lost, counts at most `LONGEST_STEP_S`. Of two who
share a bed, one who stays in view in it keeps the notice away. The hours in which it is wanted are
not asked here: the rule knows no clock.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence, Set
from dataclasses import dataclass, field, replace
from types import MappingProxyType

from fallwatch.core.features import BodyMeasure
from fallwatch.core.message import Message
from fallwatch.core.tracking import Track
from fallwatch.core.types import Box, EventKind, FallEvent
from fallwatch.core.zones import Zone, ZoneKind

#: Lying in the bed, in seconds in view, after which somebody lay in it.
LAIN_S = 30.0
#: Hips in the zone, in seconds, after which a body comes from the bed.
FROM_BED_S = 1.0
#: Seen elsewhere, in seconds, after which it is out of it.
OUT_SEEN_S = 2.0
#: Seen in the bed, in seconds, after which somebody is back.
BACK_S = 2.0
#: The longest time that one frame stands for, in seconds.
LONGEST_STEP_S = 2.0

#: Lying, a torso is tipped further than this, in degrees, or the head is lower than this over the
#: feet, in body sizes.
_LYING_TORSO_DEG, _LYING_HEAD = 45.0, 0.5
_SITTING_WEIGHT = 0.25
#: Right beside the bed, in body sizes.
_BESIDE = 0.5


@dataclass(frozen=True, slots=True)
class BedSighting:
    """One body in view, as one bed sees it.

    Attributes:
        track_id: The tracker's number.
        in_bed: Whether the hips are in the zone.
        beside: Whether they are in it or right beside it.
        lies: Whether the body looks as if it lay.
    """

    track_id: int
    in_bed: bool
    beside: bool
    lies: bool


@dataclass(frozen=True, slots=True)
class BedState:
    """State of one bed, as far as it was seen.

    Attributes:
        lain_s: How long somebody was seen lying in it.
        in_bed_s: How long each body was seen in it, by track.
        known: Tracks that were seen anywhere.
        from_bed: Tracks that come from it.
        seen_out_s: How long one of these was seen elsewhere, nobody being seen in it.
        out_s: How long they have been out; None while they are not.
        back_s: How long somebody has been seen in it again.
        who: The track that was last seen out of it.
    """

    lain_s: float = 0.0
    in_bed_s: Mapping[int, float] = field(default_factory=lambda: MappingProxyType({}))
    known: frozenset[int] = frozenset()
    from_bed: frozenset[int] = frozenset()
    seen_out_s: float = 0.0
    out_s: float | None = None
    back_s: float = 0.0
    who: int = 0


def after_frame(state: BedState, seen: Sequence[BedSighting], step_s: float) -> BedState:
    """State of a bed after a frame.

    Args:
        state: What was known before.
        seen: Everybody in view.
        step_s: Seconds since the frame before.
    """
    inside = [each for each in seen if each.in_bed]
    weights = (1.0 if each.lies else _SITTING_WEIGHT for each in inside)
    lain_s = state.lain_s + step_s * max(weights, default=0.0)
    in_bed_s = dict(state.in_bed_s)
    for each in inside:
        in_bed_s[each.track_id] = in_bed_s.get(each.track_id, 0.0) + step_s
    newcomers = {each.track_id for each in seen if each.track_id not in state.known}
    from_bed = state.from_bed | {key for key, value in in_bed_s.items() if value >= FROM_BED_S}
    from_bed |= {each.track_id for each in seen if each.beside and each.track_id in newcomers}
    seen_out_s, out_s, back_s, who = state.seen_out_s, state.out_s, state.back_s, state.who
    if inside:
        back_s += step_s
        seen_out_s = 0.0
        if back_s >= BACK_S:
            out_s = None
    else:
        back_s = max(0.0, back_s - step_s)
        out = [each.track_id for each in seen if each.track_id in from_bed]
        if out:
            seen_out_s, who = seen_out_s + step_s, out[0]
    if out_s is not None:
        out_s += step_s
    elif lain_s >= LAIN_S and seen_out_s >= OUT_SEEN_S:
        out_s, back_s = seen_out_s, 0.0
    known = state.known | newcomers
    return BedState(lain_s, in_bed_s, known, from_bed, seen_out_s, out_s, back_s, who)


def without_gone(state: BedState, alive: Set[int]) -> BedState:
    """State without the tracks that have ended: their numbers never come again."""
    return replace(
        state,
        in_bed_s={key: value for key, value in state.in_bed_s.items() if key in alive},
        known=state.known & alive,
        from_bed=state.from_bed & alive,
    )


def is_out_too_long(state: BedState, after_s: float) -> bool:
    """Whether whoever lay there has been out of the bed for so long, and nobody is in it."""
    return state.out_s is not None and state.out_s >= after_s and state.back_s == 0.0


def sighting_in(zone: Zone, track: Track, size_px: tuple[int, int]) -> BedSighting:
    """How one bed sees a body that is in view."""
    body = track.detection.body
    x, y = body.hips_px[0] / size_px[0], body.hips_px[1] / size_px[1]
    in_bed = zone.contains(x, y)
    beside = in_bed or _distance_px(zone, body, size_px) <= _BESIDE * body.size_px
    lies = body.torso_angle_deg > _LYING_TORSO_DEG or body.head_over_feet < _LYING_HEAD
    return BedSighting(track.track_id, in_bed, beside, lies)


def out_of_bed_for(seconds: float) -> Message:
    """The time somebody has been out of the bed they lay in."""
    if seconds < 120:
        return Message("lay in bed, and has been out of it for {0} s", (f"{seconds:.0f}",))
    return Message("lay in bed, and has been out of it for {0} min", (f"{seconds / 60:.0f}",))


class BedExits:
    """The beds of one room that want the notice.

    Args:
        camera: Name for the events.
        zones: All zones of the room.
    """

    def __init__(self, camera: str, zones: Sequence[Zone]) -> None:
        self._camera = camera
        self._beds: dict[int, Zone] = {}
        self._states: dict[Zone, BedState] = {}
        self._last_s: float | None = None
        self.follow(zones)

    def follow(self, zones: Sequence[Zone]) -> None:
        """Watch these beds from now on; what is known of those that stay, stays."""
        self._beds = {
            index: zone
            for index, zone in enumerate(zones)
            if zone.kind is ZoneKind.BED and zone.exit_after_s > 0
        }
        # With another delay or other hours it is the same bed: who is out of it stays out.
        known = {zone.corners_norm: state for zone, state in self._states.items()}
        self._states = {
            zone: self._states.get(zone, known.get(zone.corners_norm, BedState()))
            for zone in self._beds.values()
        }

    def update(
        self, timestamp_s: float, size_px: tuple[int, int], tracks: Iterable[Track]
    ) -> list[FallEvent]:
        """Take in one frame; return the notices it settles.

        Args:
            timestamp_s: Its time stamp.
            size_px: Width and height of the image.
            tracks: From the tracker; those that are not visible count for nothing.
        """
        if not self._beds:
            return []
        step_s = 0.0 if self._last_s is None else timestamp_s - self._last_s
        step_s = min(max(step_s, 0.0), LONGEST_STEP_S)
        self._last_s = timestamp_s
        tracks = tuple(tracks)
        alive = {track.track_id for track in tracks}
        in_view = [track for track in tracks if track.visible]
        events = []
        for index, zone in self._beds.items():
            seen = [sighting_in(zone, track, size_px) for track in in_view]
            known = without_gone(self._states[zone], alive)
            state = after_frame(known, seen, step_s)
            if is_out_too_long(state, zone.exit_after_s):
                events.append(self._event(timestamp_s, index, zone, state, size_px))
                # Once: the next notice needs somebody who lies there again.
                state = BedState(known=state.known)
            self._states[zone] = state
        return events

    def _event(
        self,
        timestamp_s: float,
        index: int,
        zone: Zone,
        state: BedState,
        size_px: tuple[int, int],
    ) -> FallEvent:
        out_s = state.out_s or 0.0
        xs, ys = zip(*zone.corners_norm, strict=True)
        width_px, height_px = size_px
        return FallEvent(
            kind=EventKind.BED_EXIT,
            camera=self._camera,
            track_id=state.who,
            started_s=round(max(timestamp_s - out_s, 0.0), 3),
            decided_s=round(timestamp_s, 3),
            score=1.0,
            evidence=(out_of_bed_for(out_s),),
            box_px=Box(
                min(xs) * width_px, min(ys) * height_px, max(xs) * width_px, max(ys) * height_px
            ),
            zone=index,
        )


def _distance_px(zone: Zone, body: BodyMeasure, size_px: tuple[int, int]) -> float:
    """From the hips to the nearest edge of the zone."""
    corners = [(x * size_px[0], y * size_px[1]) for x, y in zone.corners_norm]
    edges = zip(corners, (*corners[1:], corners[0]), strict=True)
    return min(_distance(body.hips_px, begin, end) for begin, end in edges)


def _distance(
    point: tuple[float, float], begin: tuple[float, float], end: tuple[float, float]
) -> float:
    """From a point to a line between two others."""
    dx, dy = end[0] - begin[0], end[1] - begin[1]
    along = (point[0] - begin[0]) * dx + (point[1] - begin[1]) * dy
    part = min(1.0, max(0.0, along / (dx * dx + dy * dy))) if dx or dy else 0.0
    return math.hypot(point[0] - begin[0] - part * dx, point[1] - begin[1] - part * dy)
