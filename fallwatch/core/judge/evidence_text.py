"""Evidence as messages: what the judge says of why it decided as it did."""

from __future__ import annotations

from fallwatch.core.message import Message

LOST_FROM_VIEW = Message("lost from view right after the descent")


def head_came_down(body_heights: float, within_s: float, body_heights_per_s: float) -> Message:
    """The descent of the head, in body heights, and its greatest speed."""
    return Message(
        "head came down {0} body heights within {1} s, up to {2} per second",
        (f"{body_heights:.1f}", f"{within_s:.1f}", f"{body_heights_per_s:.1f}"),
    )


def torso_tilt(from_upright_deg: float) -> Message:
    """The angle of the torso."""
    return Message("torso {0} degrees from upright", (f"{from_upright_deg:.0f}",))


def head_height(body_heights: float) -> Message:
    """The height of the head above the floor; below it counts as on it."""
    return Message(
        "head {0} body heights above the floor",
        (f"{max(body_heights, 0.0):.1f}",),
    )


def classifier_says(p_fall: float) -> Message:
    """The classifier's probability of Fall, from 0 to 1."""
    return Message("classifier {0} for fallen", (f"{p_fall:.0%}",))


def lies_since_going_down(seconds: float) -> Message:
    """The time somebody has stayed down who went down slowly."""
    return Message("has stayed down for {0} s since", (f"{seconds:.1f}",))


def upright_for(seconds: float) -> Message:
    """The time somebody has been up again."""
    return Message("upright for {0} s", (f"{seconds:.0f}",))


def not_up_for(seconds: float) -> Message:
    """The time since a fall after which nobody was seen getting up."""
    return Message("not seen getting up for {0} s after a fall", (f"{seconds:.0f}",))


def on_floor_for(seconds: float) -> Message:
    """The time somebody has been lying whose fall was not seen."""
    return Message("lying on the floor for {0} s, no fall seen", (f"{seconds:.0f}",))
