"""The look of a monitor's state: words, a shape and a colour. Silence is never safety."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from fallwatch.core.message import Message
from fallwatch.pipeline.health.faults import BLINDING
from fallwatch.pipeline.monitor import MonitorState, MonitorStatus
from fallwatch.ui.text.words import kind_message

#: An analysed picture older than this no longer counts as watching.
FRESH_S = 2.0

Mood = Literal["calm", "watch", "error", "neutral"]


@dataclass(frozen=True, slots=True)
class StateLook:
    """What the window shows for a state.

    Attributes:
        title: The state in two or three words.
        detail: Why, or what to do; may be empty.
        icon: Name of its icon: each state has a shape of its own.
        mood: Which pair of the palette it takes.
        monitoring: True only while fresh pictures are being analysed.
        busy: True while something is being got ready.
    """

    title: Message
    detail: Message
    icon: str
    mood: Mood
    monitoring: bool = False
    busy: bool = False


def look_of(status: MonitorStatus) -> StateLook:
    """The look of a monitor's status.

    ``RUNNING`` is believed only together with a fresh analysed picture.
    """
    state, message = status.state, status.message
    if state is MonitorState.RUNNING:
        age_s = status.last_analysed_age_s
        if age_s is not None and age_s <= FRESH_S:
            return StateLook(Message("Monitoring"), message, "state-monitoring", "calm", True)
        detail = Message("No picture has been analysed for {0} s.", (f"{age_s or 0:.0f}",))
        return StateLook(Message("No fresh picture"), detail, "state-stalled", "watch")
    return {
        MonitorState.IDLE: StateLook(Message("Stopped"), message, "state-off", "neutral"),
        MonitorState.STARTING: StateLook(
            Message("Starting"),
            message or Message("Loading models…"),
            "state-starting",
            "watch",
            busy=True,
        ),
        MonitorState.STALLED: StateLook(
            _stalled_title(status),
            message or Message("The camera sends no pictures. Check its cable and power."),
            "state-stalled",
            "watch",
        ),
        MonitorState.FAULTED: StateLook(
            Message("Failed"),
            message or Message("See the message above."),
            "state-faulted",
            "error",
        ),
        MonitorState.FINISHED: StateLook(
            Message("Clip ended"),
            message or Message("The clip has ended."),
            "state-ended",
            "neutral",
        ),
        MonitorState.STOPPING: StateLook(
            Message("Stopping"), message, "state-off", "neutral", busy=True
        ),
    }[state]


def _stalled_title(status: MonitorStatus) -> Message:
    """What is wrong with pictures that come and are good for nothing; else that none come."""
    useless = (trouble.kind for trouble in status.faults if trouble.kind in BLINDING)
    return next(map(kind_message, useless), Message("No picture"))


def nothing_open() -> StateLook:
    """The look of a room that has no camera or clip yet."""
    return StateLook(
        Message("Nothing open"),
        Message("Open a camera, or drop a video clip here."),
        "state-off",
        "neutral",
    )


def stopped_by_hand() -> StateLook:
    """The look after somebody pressed Stop."""
    return StateLook(Message("Stopped"), Message("Press Start to go on."), "state-off", "neutral")
