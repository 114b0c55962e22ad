"""State and status of a monitor."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum

from fallwatch.core.message import Message


def trying_again(cause: Message) -> Message:
    """A cause, and that it is tried again."""
    return Message("{0} Trying again.", (cause,))


def cause_of(message: Message) -> Message:
    """The cause alone, where it is not tried again after all; see `trying_again`."""
    cause = message.arguments[0] if message.arguments else None
    if isinstance(cause, Message) and message == trying_again(cause):
        return cause
    return message


class MonitorState(str, Enum):
    """What a monitor is doing. Only ``RUNNING`` means that somebody who falls is seen."""

    IDLE = "idle"
    STARTING = "starting"
    RUNNING = "running"
    STALLED = "stalled"
    FAULTED = "faulted"
    FINISHED = "finished"
    STOPPING = "stopping"


@dataclass(frozen=True, slots=True)
class Fault:
    """Something that keeps a camera from being watched well, now.

    Attributes:
        kind: Of the technical alarm it deserves; see `fallwatch.pipeline.health.faults`.
        message: What happened and what to do, for the caregiver.
    """

    kind: str
    message: Message


@dataclass(frozen=True, slots=True)
class MonitorStatus:
    """How one camera or clip is being watched.

    Attributes:
        camera: Its name.
        state: What the monitor is doing.
        message: The same in plain words, with the remedy where there is one.
        analysed_fps: Frames analysed per second, over the last three seconds.
        last_analysed_age_s: Seconds since a frame was analysed; None if none was yet.
        faults: What is wrong with a live camera at this moment; empty for clips.
        is_still: Whether nobody is in view and nothing moves: such a room may be analysed rarely.
    """

    camera: str
    state: MonitorState
    message: Message
    analysed_fps: float
    last_analysed_age_s: float | None
    faults: tuple[Fault, ...] = ()
    is_still: bool = False
