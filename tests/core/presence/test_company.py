"""A visit ends when the carer has left, not when a body is missed for a moment."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fallwatch.core.message import Message
from fallwatch.core.presence.company import (
    ALONE,
    ALONE_S,
    LEFT,
    LIES,
    LIES_ALONE,
    LIES_ALONE_S,
    LIES_S,
    NOBODY,
    NOBODY_S,
    WINDOW_S,
    Company,
    Seen,
    seen_in,
)
from fallwatch.core.types import Box, Person, Posture
from tests.core.synthetic import figure

FPS = 10


def scene(*parts: tuple[float, int]) -> Iterator[Seen]:
    """So many people for so many seconds, one part after the other."""
    for seconds, people in parts:
        for _ in range(round(seconds * FPS)):
            yield Seen(people)


def follow(frames: Iterable[Seen], fps: float = FPS) -> tuple[float, Message] | None:
    """When the visit ended, and why; None if it went on."""
    company = Company()
    for number, seen in enumerate(frames):
        reason = company.see(number / fps, seen)
        if reason is not None:
            return number / fps, reason
    return None


def test_it_ends_when_of_two_only_one_is_left() -> None:
    ended = follow(scene((20, 1), (60, 2), (60, 1)))
    assert ended is not None
    at_s, reason = ended
    assert reason == LEFT
    # Not at once, but soon.
    assert 80 + WINDOW_S / 2 <= at_s <= 80 + WINDOW_S


def test_it_ends_when_nobody_is_left() -> None:
    ended = follow(scene((10, 1), (60, 2), (60, 0)))
    assert ended is not None
    assert ended[1] == LEFT


@pytest.mark.parametrize("missed_s", [0.1, 5.0, 20.0])
def test_a_moment_in_which_one_is_not_seen_ends_nothing(missed_s: float) -> None:
    assert follow(scene((40, 2), *[(missed_s, 1), (10, 2)] * 12)) is None


def test_a_body_seen_where_there_is_none_keeps_no_visit_going() -> None:
    flicker = [(4.0, 1), (0.2, 2)] * 20
    ended = follow(scene((60, 2), *flicker))
    assert ended is not None
    assert ended[1] == LEFT
    assert ended[0] <= 60 + WINDOW_S


def test_such_a_body_does_not_count_as_company_that_left() -> None:
    assert follow(scene((5, 1), (0.3, 2), (200, 1))) is None


def test_the_way_to_the_room_is_waited_for() -> None:
    assert follow(scene((240, 1), (30, 2))) is None


def test_whoever_sees_to_somebody_under_a_blanket_is_alone_in_view_for_a_while() -> None:
    ended = follow(scene((10, 0), (900, 1)))
    assert ended is not None
    assert ended == (pytest.approx(ALONE_S, abs=1.0), ALONE)


def test_an_empty_view_ends_it() -> None:
    ended = follow(scene((30, 1), *[(20, 0), (0.2, 1)] * 30))
    assert ended is not None
    assert ended[1] == NOBODY
    assert ended[0] == pytest.approx(30 + NOBODY_S, abs=15)


def test_somebody_who_lies_with_nobody_beside_ends_it() -> None:
    lying = [Seen(1, lies=True, lies_alone=True)] * round(60 * FPS)
    ended = follow([*scene((60, 2)), *lying])
    assert ended is not None
    assert ended[1] in (LIES_ALONE, LEFT)
    alone = follow([*scene((20, 1)), *lying])
    assert alone is not None
    assert alone == (pytest.approx(20 + 0.7 * LIES_ALONE_S, abs=4), LIES_ALONE)


def test_somebody_who_lies_for_long_ends_it_whoever_is_beside() -> None:
    """Of a couple one falls after the carer has left: two are seen, as before."""
    ended = follow([*scene((60, 3)), *[Seen(2, lies=True)] * round(200 * FPS)])
    assert ended is not None
    assert ended == (pytest.approx(60 + LIES_S * 0.7, abs=20), LIES)


def test_a_body_seen_beside_them_where_there_is_none_does_not_keep_it_going() -> None:
    phantom = [Seen(2 if n % 8 == 0 else 1, True, n % 8 != 0) for n in range(60 * FPS)]
    ended = follow([*scene((20, 1)), *phantom])
    assert ended is not None
    assert ended[1] == LIES_ALONE
    assert ended[0] < 20 + 2 * LIES_ALONE_S


def test_time_without_frames_is_no_time_seen() -> None:
    company = Company()
    for number in range(600):
        assert company.see(number / FPS, Seen(2)) is None
    # The camera was away for an hour, and its clock began again after another.
    assert company.see(3660.0, Seen(1)) is None
    assert company.see(0.0, Seen(1)) is None


@given(st.sampled_from([1.0, 4.0, 9.0, 15.0, 30.0]))
def test_the_verdict_does_not_depend_on_the_frame_rate(fps: float) -> None:
    frames = [Seen(people) for s, people in ((60, 2), (60, 1)) for _ in range(int(s * fps))]
    ended = follow(frames, fps)
    assert ended is not None
    assert ended[1] == LEFT
    assert ended[0] == pytest.approx(60 + WINDOW_S - 3, abs=3.0)


def person(track_id: int, posture: Posture, *, in_view: bool = True) -> Person:
    pose = figure(300) if in_view else None
    return Person(track_id, Box(0, 0, 10, 10), pose, None, 0.0, posture)


@pytest.mark.parametrize(
    ("people", "seen"),
    [
        ([], Seen(0)),
        ([person(1, Posture.UPRIGHT), person(2, Posture.DOWN)], Seen(2)),
        ([person(1, Posture.FALLEN)], Seen(1, True, True)),
        ([person(1, Posture.FALLEN, in_view=False)], Seen(0, True, True)),
        ([person(1, Posture.FALLEN), person(2, Posture.UPRIGHT)], Seen(2, True)),
        ([person(1, Posture.FALLEN, in_view=False), person(2, Posture.UPRIGHT)], Seen(1, True)),
        ([person(1, Posture.UPRIGHT, in_view=False)], Seen(0)),
    ],
)
def test_who_is_seen(people: list[Person], seen: Seen) -> None:
    assert seen_in(people) == seen
