"""Overlay of an ``Analysis``: plain shapes over its image, without a pixel or a colour.

Shapes are in pixels of the analysed frame. Whoever paints them scales them and chooses the
colour that goes with each ``Tone``.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum

from fallwatch.core.geometry import MIN_VISIBILITY, landmarks_px
from fallwatch.core.types import Analysis, Box, Frame, Person, Pose, Posture

#: Pairs of landmarks that a bone joins, in BlazePose's numbering of 33 points.
BONES: tuple[tuple[int, int], ...] = (
    # Head: nose, eyes, ears; then the mouth.
    *((0, 2), (2, 7), (0, 5), (5, 8), (9, 10)),
    # Trunk: shoulders and hips.
    *((11, 12), (11, 23), (12, 24), (23, 24)),
    # Left and right arm down to the finger tips.
    *((11, 13), (13, 15), (15, 17), (15, 19), (15, 21), (17, 19)),
    *((12, 14), (14, 16), (16, 18), (16, 20), (16, 22), (18, 20)),
    # Left and right leg down to the toes.
    *((23, 25), (25, 27), (27, 29), (27, 31), (29, 31)),
    *((24, 26), (26, 28), (28, 30), (28, 32), (30, 32)),
)


class Tone(str, Enum):
    """How much a shape should catch the eye."""

    CALM = "calm"
    WATCH = "watch"
    ALARM = "alarm"


@dataclass(frozen=True, slots=True)
class Line:
    """A bone of the skeleton."""

    x1_px: float
    y1_px: float
    x2_px: float
    y2_px: float
    tone: Tone


@dataclass(frozen=True, slots=True)
class Rectangle:
    """The box around a person."""

    box_px: Box
    tone: Tone


@dataclass(frozen=True, slots=True)
class Label:
    """Words that belong at the top-left corner of a person's box.

    Attributes:
        x_px: Left edge of the words.
        y_px: Top edge of the box; the words stand above it, or inside where there is no room.
        text: In English; the painter may translate it.
        tone: How much it should catch the eye.
    """

    x_px: float
    y_px: float
    text: str
    tone: Tone


Shape = Line | Rectangle | Label

#: How each posture is called on the screen, and how it looks.
POSTURE_LOOKS: dict[Posture, tuple[str, Tone]] = {
    Posture.UNKNOWN: ("Person", Tone.CALM),
    Posture.UPRIGHT: ("Upright", Tone.CALM),
    Posture.GOING_DOWN: ("Going down", Tone.WATCH),
    Posture.DOWN: ("Lying", Tone.WATCH),
    Posture.SUSPECTED: ("Possible fall", Tone.WATCH),
    Posture.FALLEN: ("Fallen", Tone.ALARM),
}


def overlay(analysis: Analysis) -> tuple[Shape, ...]:
    """The shapes for everyone in the image, those to be painted last at the end.

    Who has fallen comes last, so that nobody else's shapes cover them.
    """
    people = sorted(analysis.people, key=lambda person: person.posture is Posture.FALLEN)
    return tuple(shape for person in people for shape in _person(person, analysis.frame))


def _person(person: Person, frame: Frame) -> list[Shape]:
    text, tone = POSTURE_LOOKS[person.posture]
    shapes: list[Shape] = []
    if person.pose is not None:
        shapes += _skeleton(person.pose, frame, tone)
    shapes.append(Rectangle(person.box_px, tone))
    shapes.append(Label(person.box_px.left_px, person.box_px.top_px, text, tone))
    return shapes


def _skeleton(pose: Pose, frame: Frame, tone: Tone) -> list[Line]:
    points = landmarks_px(pose, frame.width_px, frame.height_px).tolist()
    visible = (pose.visibility >= MIN_VISIBILITY).tolist()
    lines = []
    for start, end in BONES:
        if visible[start] and visible[end]:
            (x1, y1), (x2, y2) = points[start], points[end]
            lines.append(Line(x1, y1, x2, y2, tone))
    return lines
