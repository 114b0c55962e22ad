"""Bodies that are followed, and who of those lost may lie where they were last seen."""

from __future__ import annotations

from dataclasses import replace

import pytest

from fallwatch.pose.followed import FollowedBody, LostBody, Seen
from fallwatch.pose.region import Region

REGION = Region(100.0, 100.0, 200.0)
STANDING = Seen(10.0, head_y_px=50.0, hips_px=(100.0, 100.0), size_px=100.0, torso_angle_deg=5.0)


def body(*seen: Seen) -> FollowedBody:
    return FollowedBody(REGION, seen)


@pytest.mark.parametrize(
    ("change", "expected"),
    [
        ({}, False),
        ({"torso_angle_deg": 40.0}, False),
        ({"torso_angle_deg": 41.0}, True),
        ({"head_y_px": 70.0}, False),
        ({"head_y_px": 71.0}, True),
    ],
)
def test_whoever_was_flat_or_came_down_may_lie_there(
    change: dict[str, float], expected: bool
) -> None:
    last = replace(STANDING, at_s=10.5, **change)  # type: ignore[arg-type]
    assert body(STANDING, last).may_lie is expected


def test_of_a_body_never_measured_nothing_can_be_said() -> None:
    assert not body().may_lie


def test_who_was_lost_is_looked_for_around_the_last_place_in_the_usual_size() -> None:
    near_the_end = replace(STANDING, at_s=10.5, hips_px=(120.0, 130.0), size_px=40.0)
    lost = LostBody.of(body(STANDING, replace(STANDING, at_s=10.2), near_the_end))
    assert lost.lost_s == 10.5
    assert lost.size_px == 100.0, "the median: the last sighting of somebody falling is no measure"
    assert lost.place == Region(120.0, 150.0, 200.0)


@pytest.mark.parametrize(
    ("lost_s", "pace_s"), [(0.0, 0.25), (3.0, 0.25), (3.1, 1.0), (60.0, 1.0), (61.0, 5.0)]
)
def test_the_longer_somebody_is_lost_the_less_often_they_are_looked_for(
    lost_s: float, pace_s: float
) -> None:
    lost = LostBody.of(body(STANDING))
    now = STANDING.at_s + lost_s
    lost.looked_s = now - pace_s + 0.01
    assert not lost.is_due(now)
    lost.looked_s = now - pace_s
    assert lost.is_due(now)


def test_nobody_is_looked_for_after_eleven_minutes() -> None:
    lost = LostBody.of(body(STANDING))
    assert lost.is_awaited(STANDING.at_s + 660.0, [])
    assert not lost.is_awaited(STANDING.at_s + 660.1, [])


@pytest.mark.parametrize(("since_s", "pace_s"), [(60.0, 0.25), (61.0, 1.0)])
def test_who_is_seen_by_the_second_eye_alone_is_looked_at_less_often_after_a_minute(
    since_s: float, pace_s: float
) -> None:
    lost = LostBody.of(body(STANDING))
    now = STANDING.at_s + since_s
    lost.lost_s = now - 0.25
    lost.looked_s = now - pace_s + 0.01
    assert not lost.is_due(now)
    lost.looked_s = now - pace_s
    assert lost.is_due(now)


def test_a_chair_taken_for_somebody_is_not_looked_at_for_ever() -> None:
    lost = LostBody.of(body(STANDING))
    lost.lost_s = STANDING.at_s + 660.0
    assert not lost.is_awaited(STANDING.at_s + 660.1, [])
