"""The look of a monitor's state: words, a shape and a colour. Silence is never safety."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Literal

from fallwatch.alarms.kinds import kind_message
from fallwatch.core.message import NO_MESSAGE, Message
from fallwatch.pipeline.health.faults import ANALYSIS_SLOW, BLINDING
from fallwatch.pipeline.health.uptime import STARTED, STOPPED, paused_by, visited_by
from fallwatch.pipeline.monitor import MonitorState, MonitorStatus
from fallwatch.runtime.views.live_views import STALE_STATUS_S, LiveView

#: An analysed frame older than this no longer counts as watching.
FRESH_S = 2.0

#: With fewer analysed frames a second, somebody who falls may not be seen falling.
ENOUGH_FPS = 4.0

Mood = Literal["calm", "watch", "error", "neutral"]


@dataclass(frozen=True, slots=True)
class StateLook:
    """What the window shows for a state.

    Attributes:
        title: The state in two or three words.
        detail: Why, or what to do; may be empty.
        icon: Name of its icon: each state has a shape of its own.
        mood: Which pair of the palette it takes.
        monitoring: True only while enough fresh frames are being analysed, and nothing is wrong.
        live: True while fresh frames are being analysed, be they too few or not good enough.
        busy: True while something is being got ready.
        gap: Why nobody watches meanwhile, in words that stay the same while it lasts; empty
            where ``detail`` says so.
    """

    title: Message
    detail: Message
    icon: str
    mood: Mood
    monitoring: bool = False
    busy: bool = False
    live: bool = False
    gap: Message = NO_MESSAGE


_UNHEARD = Message("Nothing has been heard of this room for a while.")

_NOT_WATCHED = StateLook(Message("Not monitoring"), _UNHEARD, "state-faulted", "error")

_STARTING = StateLook(
    Message("Starting"),
    Message("Getting ready…"),
    "state-starting",
    "watch",
    busy=True,
    gap=STARTED,
)


def look_of_view(view: LiveView, now_s: float) -> StateLook:
    """The look of a room as it is seen from outside: silence is no watching.

    Args:
        view: The newest that is known of it.
        now_s: The present, on the clock of the views.
    """
    if view.status is None:
        return _STARTING
    if now_s - view.status_s > STALE_STATUS_S:
        return _NOT_WATCHED
    return look_of(view.status)


def look_of(status: MonitorStatus) -> StateLook:
    """The look of a monitor's status.

    ``RUNNING`` is believed only together with a fresh analysed frame, and while no fault lasts:
    an alarm that was acknowledged changes nothing about what it warned of.
    """
    state, message = status.state, status.message
    if state is MonitorState.RUNNING:
        return _running(status)
    return {
        MonitorState.IDLE: StateLook(Message("Stopped"), message, "state-off", "neutral"),
        MonitorState.STARTING: StateLook(
            Message("Starting"),
            message or Message("Getting ready…"),
            "state-starting",
            "watch",
            busy=True,
            gap=STARTED,
        ),
        MonitorState.STALLED: StateLook(
            _stalled_title(status),
            message or Message("The camera sends no images. Check its cable and power."),
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
            Message("Stopping"), message, "state-off", "neutral", busy=True, gap=STOPPED
        ),
    }[state]


def _running(status: MonitorStatus) -> StateLook:
    age_s = status.last_analysed_age_s
    if age_s is None or age_s > FRESH_S:
        detail = Message("No image has been analysed for {0} s.", (f"{age_s or 0:.0f}",))
        return StateLook(Message("No fresh image"), detail, "state-stalled", "watch")
    if status.faults:
        fault = status.faults[0]
        return StateLook(
            kind_message(fault.kind), fault.message, "state-stalled", "watch", live=True
        )
    if status.analysed_fps == 0.0 and not status.is_still:
        # After the very first frame nobody knows how many come: neither watched nor too slow.
        return replace(_STARTING, live=True)
    if status.analysed_fps < ENOUGH_FPS and not status.is_still:
        title = kind_message(ANALYSIS_SLOW)
        detail = Message("Too few frames a second are analysed, and a fall may be missed.")
        return StateLook(title, detail, "state-stalled", "watch", live=True)
    return StateLook(
        Message("Monitoring"), status.message, "state-monitoring", "calm", True, live=True
    )


def _stalled_title(status: MonitorStatus) -> Message:
    """What is wrong with frames that come and are good for nothing; else that none come."""
    useless = (trouble.kind for trouble in status.faults if trouble.kind in BLINDING)
    return next(map(kind_message, useless), Message("No image"))


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
    words = Message("Press Start to go on.")
    return StateLook(Message("Stopped"), words, "state-off", "neutral", gap=STOPPED)


def paused(left: str, by: str) -> StateLook:
    """The look of a room that somebody has paused.

    Args:
        left: How long it still lasts, such as ``14:59``.
        by: Who paused it.
    """
    detail = Message("Watched again in {0}. Paused by {1}.", (left, by))
    return StateLook(Message("Paused"), detail, "state-off", "neutral", gap=paused_by(by))


def visited(look: StateLook, by: str) -> StateLook:
    """The look of a room that a carer visits; whatever keeps it from being watched is said first.

    Args:
        look: How it would look without the visit.
        by: Who is there.
    """
    if not look.monitoring:
        return look
    detail = Message("In the room: {0}. Alarms about people are paused here.", (by,))
    return StateLook(
        Message("Care visit"), detail, "state-off", "neutral", live=True, gap=visited_by(by)
    )
