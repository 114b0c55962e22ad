"""Motion of the last seconds: what it is measured by, and what is counted over time."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import replace
from itertools import pairwise

import pytest

from fallwatch.core.features import BodyMeasure
from fallwatch.core.judge.motion import Motion, MotionHistory

FPS = 20
FLOOR_PX, TALL_PX, IMAGE_PX = 400.0, 200.0, 480

#: The body at a time.
Course = Callable[[float], BodyMeasure]


def body(
    head: float = 184.0,
    hips: float = 100.0,
    *,
    size: float = TALL_PX,
    torso_deg: float = 5.0,
    floor: float = FLOOR_PX,
) -> BodyMeasure:
    """A body by the heights of head and hips over the floor, in pixels; standing unless told."""
    return BodyMeasure(
        size_px=size,
        head_px=(300.0, floor - head),
        hips_px=(300.0, floor - hips),
        feet_y_px=floor,
        torso_angle_deg=torso_deg,
        head_over_feet=head / size,
        aspect=0.5,
        shin_angle_deg=5.0,
        hips_over_ankles=0.4,
        visibility=1.0,
        cut_off=0.0,
    )


STANDING = body()
LYING = body(16.0, 16.0, torso_deg=88.0)
SITTING = body(100.0, 40.0, size=160.0, torso_deg=10.0)
CRAWLING = body(70.0, 70.0, size=80.0, torso_deg=80.0)


def motions(course: Course, until_s: float, p_fall: float | None = None) -> dict[float, Motion]:
    """The motion after every sighting."""
    history, found = MotionHistory(), {}
    for i in range(round(until_s * FPS) + 1):
        history.add(i / FPS, course(i / FPS), IMAGE_PX, p_fall)
        found[i / FPS] = history.motion()
    return found


def first_then(first: BodyMeasure, *changes: tuple[float, BodyMeasure]) -> Course:
    """One body after the other, from these times on."""

    def course(t: float) -> BodyMeasure:
        return [first, *(each for at_s, each in changes if t >= at_s - 1e-9)][-1]

    return course


def away(t: float) -> BodyMeasure:
    """Walks away from the camera, seen smaller and higher up in the image, and falls at 6 s."""
    walked = min(t, 6.0)
    size = TALL_PX * math.exp(-0.2 * walked)
    fallen = min(max((t - 6.0) / 0.6, 0.0), 1.0)
    return body(
        size * (0.92 - 0.84 * fallen),
        size * (0.50 - 0.42 * fallen),
        size=size,
        torso_deg=5.0 + 80.0 * fallen,
        floor=FLOOR_PX - 20.0 * walked,
    )


def test_a_fall_far_away_is_measured_by_the_body_as_it_was_just_before() -> None:
    seen = motions(away, 8.0)
    assert all(seen[t].head_height == pytest.approx(0.92, abs=0.15) for t in seen if t <= 6.0)
    assert seen[6.6].head_drop == pytest.approx(0.84, abs=0.12)
    assert seen[7.5].total_drop == pytest.approx(0.84, abs=0.12)
    assert seen[7.5].head_height == pytest.approx(0.08, abs=0.12)
    assert seen[7.5].length == pytest.approx(1.0, abs=0.15)


def test_the_reference_shrinks_slowly_for_whoever_walks_away() -> None:
    seen = motions(first_then(STANDING, (2.0, body(129.0, 70.0, size=140.0))), 8.0)
    lengths = [seen[t].length for t in sorted(seen) if t >= 2.5]
    assert lengths[0] == pytest.approx(0.7)
    assert lengths[-1] == pytest.approx(1.0)
    growth = [after / before for before, after in pairwise(lengths)]
    assert max(growth) == pytest.approx(math.exp(0.5 / FPS))
    assert max(growth) > 1.01, "it shrinks at all"


def test_the_reference_grows_at_once_for_whoever_comes_nearer() -> None:
    seen = motions(first_then(body(129.0, 70.0, size=140.0), (3.0, STANDING)), 6.0)
    assert seen[3.2].length == pytest.approx(200 / 140)
    assert seen[4.0].length == pytest.approx(1.0)


@pytest.mark.parametrize(
    "down",
    [
        CRAWLING,
        body(70.0, 40.0, size=70.0, torso_deg=39.0),
        body(119.0, 40.0, size=80.0, torso_deg=5.0),
        body(160.0, 90.0, size=80.0, torso_deg=41.0),
    ],
    ids=["hands and knees", "trunk upright", "head not high", "bent towards the camera"],
)
def test_the_reference_stays_while_somebody_is_not_upright_however_short_they_look(
    down: BodyMeasure,
) -> None:
    seen = motions(first_then(STANDING, (3.0, down)), 20.0)
    assert seen[20.0].length == pytest.approx(down.size_px / TALL_PX)
    assert seen[20.0].head_height == pytest.approx((FLOOR_PX - down.head_px[1]) / TALL_PX)


def test_who_gets_up_after_a_while_is_measured_anew_where_they_stand() -> None:
    small = body(129.0, 70.0, size=140.0, floor=380.0)
    seen = motions(first_then(STANDING, (3.0, CRAWLING), (10.0, small)), 12.0)
    assert seen[11.5].length == pytest.approx(1.0)
    assert seen[11.5].head_height == pytest.approx(129 / 140)


def test_somebody_never_seen_upright_is_measured_by_the_size_of_the_last_seconds() -> None:
    seen = motions(first_then(LYING, (1.0, body(16.0, 16.0, size=100.0, torso_deg=88.0))), 8.0)
    assert seen[2.0].length == pytest.approx(100 / 200)
    assert seen[8.0].length == pytest.approx(1.0), "a first size that was wrong is forgotten"


def test_a_reference_that_was_wrong_is_given_up_after_twenty_seconds() -> None:
    far_too_tall = body(310.0, 165.0, size=330.0)
    seen = motions(first_then(far_too_tall, (1.0, STANDING)), 30.0)
    assert seen[30.0].length == pytest.approx(1.0)


def slide(t: float) -> BodyMeasure:
    """Slides down from 3 s on, at 80 pixels a second, until the head is 24 pixels high."""
    fallen = min(max(t - 3.0, 0.0) * 80.0, 160.0)
    return body(184.0 - fallen, 100.0 - fallen / 2, torso_deg=5.0 + fallen / 2)


def test_the_total_drop_holds_a_slide_that_takes_longer_than_a_fall() -> None:
    seen = motions(slide, 9.0)
    assert seen[5.0].total_drop == pytest.approx(0.8, abs=0.03)
    assert seen[5.0].head_drop == pytest.approx(1.2 * 80 / 200, abs=0.03)
    assert seen[6.9].total_drop == pytest.approx(0.2 * 0.8, abs=0.1)
    assert seen[8.0].total_drop == 0.0


def test_of_a_descent_that_takes_ages_only_the_last_seconds_count() -> None:
    seen = motions(lambda t: body(max(184.0 - 20.0 * t, 24.0)), 8.0)
    assert seen[7.0].total_drop == pytest.approx(2.5 * 20 / 200, abs=0.02)


@pytest.mark.parametrize(
    ("wild", "times_s"), [(380.0, (2.5, 2.55)), (0.0, (3.0,))], ids=["two too high", "last too low"]
)
def test_a_wild_pose_or_two_is_no_total_drop(wild: float, times_s: tuple[float, ...]) -> None:
    def course(t: float) -> BodyMeasure:
        return body(wild) if t in times_s else STANDING

    assert motions(course, 3.0)[3.0].total_drop == 0.0


def test_getting_up_is_no_drop() -> None:
    seen = motions(first_then(SITTING, (2.0, STANDING)), 3.0)
    assert seen[3.0].total_drop == 0.0


def test_the_length_is_kept_by_who_lies_across_the_image_and_lost_towards_the_camera() -> None:
    assert motions(first_then(STANDING, (3.0, LYING)), 6.0)[6.0].length == pytest.approx(1.0)
    assert motions(first_then(STANDING, (3.0, CRAWLING)), 6.0)[6.0].length == pytest.approx(0.4)


def test_one_wild_pose_does_not_change_the_length() -> None:
    def course(t: float) -> BodyMeasure:
        return body(size=900.0) if t == 3.0 else STANDING

    assert motions(course, 3.1)[3.1].length == pytest.approx(1.0)


def test_jitter_is_how_far_the_size_jumps_about_during_the_last_second() -> None:
    def course(t: float) -> BodyMeasure:
        return body(size=180.0 if t < 3.0 and round(t * FPS) % 2 else TALL_PX)

    seen = motions(course, 5.0)
    assert seen[0.05].jitter == 0.0, "two sizes say nothing"
    assert seen[2.0].jitter == pytest.approx(20 / 200)
    assert 0.0 < seen[3.5].jitter < seen[2.0].jitter
    assert seen[4.2].jitter == 0.0


def test_whoever_comes_nearer_or_goes_down_does_not_jitter() -> None:
    growing = motions(lambda t: body(size=100.0 + 40.0 * t), 2.0)
    assert growing[2.0].jitter == pytest.approx(0.0, abs=1e-9)


@pytest.mark.parametrize(
    ("down", "p_fall", "counts"),
    [
        (body(71.0, 51.0, torso_deg=39.0), 0.39, True),
        (body(71.0, 51.0, torso_deg=39.0), None, True),
        (body(71.0, 53.0, torso_deg=39.0), 0.39, False),
        (body(69.0, 51.0, torso_deg=39.0), 0.39, False),
        (body(71.0, 51.0, torso_deg=41.0), 0.39, False),
        (body(71.0, 51.0, torso_deg=39.0), 0.40, False),
        (LYING, None, False),
        (STANDING, None, False),
    ],
)
def test_to_sit_on_the_floor_counts_as_having_sat(
    down: BodyMeasure, p_fall: float | None, counts: bool
) -> None:
    seen = motions(first_then(STANDING, (3.0, down)), 4.0, p_fall)
    assert seen[2.95].sat_s == 0.0
    if counts:
        assert seen[4.0].sat_s == pytest.approx(21 / FPS)
    else:
        assert seen[4.0].sat_s <= 0.4 + 1e-9, "the time of coming down, if any"


def at_work(low: BodyMeasure) -> Course:
    """Stands, and from 3 s on moves to and fro, as low as this."""

    def course(t: float) -> BodyMeasure:
        if t < 3.0:
            return STANDING
        aside = 20.0 * math.sin(8.0 * t)
        return replace(
            low,
            head_px=(low.head_px[0] + aside, low.head_px[1]),
            hips_px=(low.hips_px[0] + aside, low.hips_px[1]),
        )

    return course


@pytest.mark.parametrize(
    ("low", "p_fall", "counts"),
    [
        (body(99.0, 70.0, torso_deg=60.0), 0.39, True),
        (body(101.0, 70.0, torso_deg=60.0), 0.39, False),
        (replace(body(99.0, 70.0, torso_deg=60.0), aspect=1.2), 0.39, True),
        (replace(body(99.0, 70.0, torso_deg=60.0), aspect=1.3), 0.39, False),
        (body(99.0, 70.0, torso_deg=60.0), 0.40, False),
        (body(99.0, 70.0, torso_deg=60.0), None, False),
        (body(119.0, 70.0, size=83.0, torso_deg=80.0), 0.39, True),
        (body(119.0, 70.0, size=85.0, torso_deg=80.0), 0.39, False),
        (body(121.0, 70.0, size=83.0, torso_deg=80.0), 0.39, False),
        (body(119.0, 70.0, size=83.0, torso_deg=80.0), 0.40, False),
    ],
)
def test_to_move_about_low_or_on_hands_and_knees_counts_as_having_sat_and_to_keep_still_does_not(
    low: BodyMeasure, p_fall: float | None, counts: bool
) -> None:
    busy = motions(at_work(low), 5.0, p_fall)
    assert busy[2.95].sat_s == 0.0
    assert (busy[5.0].sat_s > 1.0) is counts
    assert counts or busy[5.0].sat_s == 0.0
    still = motions(first_then(STANDING, (3.0, low)), 5.0, p_fall)
    assert still[5.0].sat_s < 0.5, "coming down is all that moves"


def test_having_sat_adds_up_and_is_forgotten_after_some_seconds() -> None:
    bent = replace(STANDING, torso_angle_deg=60.0)
    course = first_then(STANDING, (2.0, SITTING), (2.5, bent), (3.0, SITTING), (3.5, LYING))
    seen = motions(course, 9.0)
    assert seen[2.45].sat_s == pytest.approx(0.5)
    assert seen[3.45].sat_s == seen[5.9].sat_s == pytest.approx(1.0)
    assert seen[7.0].sat_s == pytest.approx(0.5, abs=0.06)
    assert seen[7.5].sat_s == 0.0


def test_a_sighting_after_a_gap_stands_for_a_fifth_of_a_second_at_most() -> None:
    history = MotionHistory()
    for i in range(41):
        history.add(i / FPS, STANDING, IMAGE_PX, None)
        history.motion()
    history.add(5.0, SITTING, IMAGE_PX, None)
    assert history.motion().sat_s == pytest.approx(0.2)
    history.add(5.1, SITTING, IMAGE_PX, None)
    assert history.motion().sat_s == pytest.approx(0.3)


def test_every_sighting_is_counted_by_the_floor_of_its_own_time() -> None:
    """Whoever walks away stood, early on, with the hips near the floor of where they are later."""
    seen = motions(away, 6.0)
    later_floor_px, later_size_px = FLOOR_PX - 20 * 5.0, TALL_PX * math.exp(-0.2 * 5.0)
    early = away(2.5)
    assert (later_floor_px - early.hips_px[1]) / later_size_px < 0.26
    assert (later_floor_px - early.head_px[1]) / later_size_px > 0.35
    assert max(motion.sat_s for motion in seen.values()) == 0.0


@pytest.mark.parametrize(("up_s", "sat_s"), [(0.3, 1.0), (0.35, 0.0)])
def test_whoever_has_sat_and_stood_since_is_not_down_any_more(up_s: float, sat_s: float) -> None:
    course = first_then(STANDING, (2.0, SITTING), (3.0, STANDING), (3.0 + up_s, LYING))
    seen = motions(course, 5.0)
    assert seen[2.95].sat_s == pytest.approx(1.0)
    assert seen[4.5].sat_s == pytest.approx(sat_s)


def test_who_was_moved_sitting_is_measured_by_the_size_and_floor_where_they_are() -> None:
    """A wheelchair: stood near the camera, and sits far from it."""
    far = replace(body(80.0, 30.0, size=80.0, torso_deg=60.0, floor=230.0), hips_px=(700.0, 200.0))
    seen = motions(first_then(STANDING, (3.0, far)), 12.0)
    assert seen[4.0].length == pytest.approx(80 / TALL_PX)
    assert seen[9.0].length == pytest.approx(1.0)
    assert seen[9.0].head_height == pytest.approx(1.0)
