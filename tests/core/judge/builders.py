"""Facts of a person to ask the judge's rules about: standing, on the way down, on the floor."""

from __future__ import annotations

from dataclasses import replace

from fallwatch.core.judge.evidence import Descent, RecentDescents
from fallwatch.core.judge.motion import Motion
from fallwatch.core.judge.person_state import Sighting, Suspicion

STANDING = Motion(
    span_s=4.0,
    sightings=60,
    head_drop=0.0,
    hip_drop=0.0,
    head_speed=0.1,
    head_height=0.95,
    last_head_height=0.95,
    hip_height=0.5,
    torso_angle_deg=5.0,
    aspect=0.4,
    shin_angle_deg=5.0,
    hips_over_ankles=0.45,
    cut_off=0.0,
    restlessness=0.1,
    total_drop=0.0,
    length=1.0,
    jitter=0.01,
    sat_s=0.0,
)
HALFWAY_DOWN = replace(
    STANDING,
    head_drop=0.5,
    hip_drop=0.2,
    head_speed=1.1,
    head_height=0.6,
    last_head_height=0.45,
    hip_height=0.3,
    torso_angle_deg=50.0,
    shin_angle_deg=45.0,
    hips_over_ankles=0.2,
    total_drop=0.5,
)
ON_THE_FLOOR = replace(
    HALFWAY_DOWN,
    head_drop=0.8,
    hip_drop=0.4,
    head_height=0.1,
    last_head_height=0.1,
    hip_height=0.1,
    torso_angle_deg=85.0,
    aspect=2.2,
    shin_angle_deg=80.0,
    hips_over_ankles=0.03,
    total_drop=0.8,
    length=0.95,
)
FLAT_FOR_LONG = replace(ON_THE_FLOOR, head_drop=0.0, hip_drop=0.0, head_speed=0.0, total_drop=0.0)

STEEP = Descent(0.9, head_drop=0.8, head_speed=1.1)
SLIGHT = Descent(0.2, head_drop=0.4, head_speed=0.6)
NONE = Descent(0.0, head_drop=0.0, head_speed=0.1)


def sighting(
    motion: Motion = STANDING,
    *,
    at_s: float = 10.0,
    p_fall: float | None = None,
    lying: float = 0.0,
    in_bed: bool = False,
    in_focus: bool = True,
) -> Sighting:
    return Sighting(at_s, motion, p_fall, lying, in_bed, in_focus)


def descents(*seen: tuple[float, Descent]) -> RecentDescents:
    return RecentDescents(seen)


def suspicion(
    *,
    since_s: float = 9.8,
    renewed_s: float = 10.0,
    peak_s: float = 9.7,
    descent: Descent = STEEP,
    top_speed: float = 1.1,
    sat: bool = False,
    clear_since_s: float | None = None,
    settled_since_s: float | None = None,
) -> Suspicion:
    return Suspicion(
        since_s, renewed_s, peak_s, descent, top_speed, sat, clear_since_s, settled_since_s
    )
