"""What is drawn over the image."""

from __future__ import annotations

import numpy as np
import pytest

from fallwatch.core.overlay import BONES, Label, Line, Rectangle, Tone, overlay
from fallwatch.core.types import Analysis, Box, Frame, Person, Pose, Posture

FRAME = Frame("Hall", 0, 0.0, np.zeros((480, 640, 3), np.uint8))


def person(posture: Posture, pose: Pose | None = None, track_id: int = 1) -> Person:
    return Person(track_id, Box(10, 20, 110, 220), pose, 0.5, 0.5, posture)


def full_pose(visibility: float = 1.0) -> Pose:
    points = np.linspace(0, 1, 66, dtype=np.float32).reshape(33, 2)
    return Pose(points, np.full(33, visibility, np.float32))


def test_an_empty_room_has_nothing_to_draw() -> None:
    assert overlay(Analysis(FRAME)) == ()


@pytest.mark.parametrize(
    ("posture", "text", "tone"),
    [
        (Posture.UNKNOWN, "Person", Tone.CALM),
        (Posture.UPRIGHT, "Upright", Tone.CALM),
        (Posture.GOING_DOWN, "Going down", Tone.WATCH),
        (Posture.DOWN, "Lying", Tone.WATCH),
        (Posture.SUSPECTED, "Possible fall", Tone.WATCH),
        (Posture.FALLEN, "Fallen", Tone.ALARM),
    ],
)
def test_every_posture_is_told_in_words_and_tone(posture: Posture, text: str, tone: Tone) -> None:
    shapes = overlay(Analysis(FRAME, (person(posture),)))
    assert shapes == (
        Rectangle(Box(10, 20, 110, 220), tone),
        Label(10, 20, text, tone),
    )


def test_every_posture_has_a_look() -> None:
    for posture in Posture:
        assert overlay(Analysis(FRAME, (person(posture),)))


def test_bones_are_in_pixels_of_the_frame() -> None:
    points = np.zeros((33, 2), np.float32)
    points[11], points[13] = (0.25, 0.5), (0.5, 1.0)
    visibility = np.zeros(33, np.float32)
    visibility[[11, 13]] = 1.0
    shapes = overlay(Analysis(FRAME, (person(Posture.UPRIGHT, Pose(points, visibility)),)))
    lines = [shape for shape in shapes if isinstance(shape, Line)]
    assert lines == [Line(160, 240, 320, 480, Tone.CALM)]


@pytest.mark.parametrize(("visibility", "drawn"), [(0.29, 0), (0.31, len(BONES))])
def test_hidden_points_have_no_bones(visibility: float, drawn: int) -> None:
    shapes = overlay(Analysis(FRAME, (person(Posture.UPRIGHT, full_pose(visibility)),)))
    assert sum(isinstance(shape, Line) for shape in shapes) == drawn


def test_who_has_fallen_is_painted_last() -> None:
    fallen, upright = person(Posture.FALLEN, track_id=1), person(Posture.UPRIGHT, track_id=2)
    labels = [s for s in overlay(Analysis(FRAME, (fallen, upright))) if isinstance(s, Label)]
    assert [label.text for label in labels] == ["Upright", "Fallen"]


def test_bones_join_points_that_exist_and_none_twice() -> None:
    assert all(0 <= start < end < 33 for start, end in BONES)
    assert len(set(BONES)) == len(BONES)
