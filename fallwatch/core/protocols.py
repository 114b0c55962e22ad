"""Protocols between the parts of fallwatch.

Four of them are where it is extended, each with one new file that the contract tests check:
`FrameSource`, `PoseEstimator`, `Classifier` and `AlarmChannel`.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Protocol, runtime_checkable

from fallwatch.core.message import NO_MESSAGE, Message, MessageError
from fallwatch.core.types import (
    Alarm,
    Analysis,
    FallEvent,
    Frame,
    PersonCrop,
    Pose,
    Prediction,
)


class SourceError(MessageError):
    """A camera or file cannot be read. The message names it and says what to do."""


class LoginRefusedError(SourceError):
    """A camera refuses the login. Cameras lock accounts: it must not be tried often."""


class EndOfStreamError(MessageError):
    """A clip has ended in an orderly way. A camera never raises this."""


class FrameSource(Protocol):
    """Where frames come from. One thread opens, reads and closes it."""

    @property
    def name(self) -> str:
        """What people call it; it appears in every event."""
        ...

    @property
    def is_live(self) -> bool:
        """True for cameras and streams: frames come at their own pace and may be dropped."""
        ...

    @property
    def fps(self) -> float:
        """Nominal frames per second; 0.0 if unknown or not open."""
        ...

    @property
    def duration_s(self) -> float | None:
        """Length of a clip in seconds; None for cameras and where it is unknown."""
        ...

    def open(self) -> None:
        """Make ready to read.

        Raises:
            SourceError: It cannot be opened; the message says why and what to do.
        """
        ...

    def read(self) -> Frame:
        """Wait for the next frame.

        Raises:
            EndOfStreamError: The clip is over.
            SourceError: It broke.
        """
        ...

    def interrupt(self) -> None:
        """Make a ``read`` waiting in another thread return soon, as far as the driver allows."""
        ...

    def close(self) -> None:
        """Let go of the device or file. Safe to call twice, and without ``open``."""
        ...


@runtime_checkable
class SelectiveSource(FrameSource, Protocol):
    """A source that is spared the decoding of frames nobody wants."""

    def read_if(self, wanted: Callable[[float], bool]) -> Frame | None:
        """Wait for the next frame, and decode it only if it is wanted.

        Args:
            wanted: Asked once, with the frame's time stamp in seconds.

        Returns:
            None: it was not wanted.

        Raises:
            SourceError: It broke.
        """
        ...


class PoseEstimator(Protocol):
    """Finds the bodies in an image. Not thread-safe: one owner thread."""

    def estimate(self, frame: Frame) -> list[Pose]:
        """All bodies found, most certain first; an empty list where nobody is seen.

        Frames come in order of time: whoever was seen before is looked for where they were.
        """
        ...

    def take_over(self, earlier: PoseEstimator) -> None:
        """Look for the people whom an earlier estimator of the same camera followed or lost."""
        ...

    def reset(self) -> None:
        """Forget everything about earlier frames: the next one may come from anywhere."""
        ...

    def close(self) -> None:
        """Free the model."""
        ...


class Classifier(Protocol):
    """Tells a fallen person from one who is not, crop by crop."""

    @property
    def variant(self) -> str:
        """Name of the weights, such as ``resnet18-optimised``."""
        ...

    def classify(self, crops: Sequence[PersonCrop]) -> list[Prediction]:
        """One prediction for each crop, in order; an empty list for no crops."""
        ...


class FrameAnalyzer(Protocol):
    """The whole decision for one camera or clip. Not thread-safe: one owner thread."""

    def step(self, frame: Frame) -> Analysis:
        """The analysis of the next frame. Time stamps must increase from call to call."""
        ...

    def close(self) -> None:
        """Free the models. Safe to call twice."""
        ...


@runtime_checkable
class HeirAnalyzer(FrameAnalyzer, Protocol):
    """An analyzer that can go on where another, which failed, has left off."""

    def take_over(self, earlier: FrameAnalyzer) -> None:
        """Know the people whom an earlier analyzer of the same camera knew."""
        ...


class ChannelError(MessageError):
    """An alarm could not be delivered on one channel. The message says why and what to do."""


class AlarmChannel(Protocol):
    """One way to tell people. Each channel has its own thread, so a slow one delays no other."""

    @property
    def name(self) -> str:
        """Short name for logs and the delivery record."""
        ...

    def deliver(self, alarm: Alarm) -> None:
        """Tell people about an unacknowledged alarm. Called again at each repetition.

        Raises:
            ChannelError: It did not work; the message says why and what to do.
        """
        ...

    def stop(self) -> None:
        """Stop at once what is still sounding. Called when nothing is left to acknowledge."""
        ...

    def close(self) -> None:
        """Free what the channel holds. Safe to call twice."""
        ...


class AlarmDispatch(Protocol):
    """Raises, records and ends alarms; any thread. See `fallwatch.dispatch.alarm_dispatcher`."""

    def raise_event(self, event: FallEvent, *, started_unix_s: float, from_clip: bool) -> Alarm:
        """Record what happened to a person, then notify everyone."""
        ...

    def raise_technical(
        self, camera: str, kind: str, message: Message, *, from_clip: bool = False
    ) -> Alarm:
        """Raise an alarm about a camera or the computer, unless it is open already."""
        ...

    def clear_technical(self, camera: str, kind: str) -> None:
        """End a technical alarm, if it is open: what it warned of is over."""
        ...

    def mirror(self, alarm: Alarm) -> None:
        """Take over an alarm of another computer as it is there now."""
        ...

    def acknowledge(self, event_id: str, by: str, outcome: Message = NO_MESSAGE) -> None:
        """Somebody acknowledged an alarm."""
        ...

    def close_clip_alarms(self, camera: str) -> None:
        """Close all alarms of a recorded clip."""
        ...
