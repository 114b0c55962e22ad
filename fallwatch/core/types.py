"""The values that travel through fallwatch.

All are frozen. Names carry unit and space: ``_s`` seconds, ``_px`` pixels of the frame
(x to the right, y down, origin at the top-left corner), ``_norm`` fractions of the frame's
width and height. Arrays are never changed after they were handed on.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import Enum

import numpy as np
from numpy.typing import NDArray

from fallwatch.core.message import Message

Image = NDArray[np.uint8]
Floats = NDArray[np.float32]


@dataclass(frozen=True, slots=True, eq=False)
class Frame:
    """One frame of one camera.

    Attributes:
        camera: Name of the camera or clip.
        index: Number of the frame since its source was opened, from 0. Gaps are dropped frames.
        timestamp_s: Seconds since the source was opened; for a clip, the time in the clip.
            Strictly increasing for one source. The only time the verdict knows.
        image_bgr: (height, width, 3) uint8, channels blue, green, red.
        captured_unix_s: Wall clock when it was taken, seconds since 1970 UTC. For the record only.
        late_s: Seconds that it came later than the camera's frames usually do; 0.0 if unknown.
        clip_s: Seconds from the begin of the clip that it is from, also where that is played over
            and over; None for cameras.
    """

    camera: str
    index: int
    timestamp_s: float
    image_bgr: Image
    captured_unix_s: float = 0.0
    late_s: float = 0.0
    clip_s: float | None = None

    def __post_init__(self) -> None:
        if self.image_bgr.ndim != 3 or self.image_bgr.shape[2] != 3:
            raise ValueError(
                f"image_bgr must have shape (height, width, 3), got {self.image_bgr.shape}"
            )

    @property
    def width_px(self) -> int:
        return int(self.image_bgr.shape[1])

    @property
    def height_px(self) -> int:
        return int(self.image_bgr.shape[0])


@dataclass(frozen=True, slots=True)
class Box:
    """An upright rectangle in pixels; it may reach beyond the frame."""

    left_px: float
    top_px: float
    right_px: float
    bottom_px: float

    def __post_init__(self) -> None:
        if not (self.right_px >= self.left_px and self.bottom_px >= self.top_px):
            raise ValueError(f"a box needs left <= right and top <= bottom, got {self}")

    @property
    def width_px(self) -> float:
        return self.right_px - self.left_px

    @property
    def height_px(self) -> float:
        return self.bottom_px - self.top_px

    @property
    def area_px(self) -> float:
        return self.width_px * self.height_px

    @property
    def center_px(self) -> tuple[float, float]:
        return (self.left_px + self.right_px) / 2, (self.top_px + self.bottom_px) / 2


@dataclass(frozen=True, slots=True, eq=False)
class Pose:
    """One person's body landmarks, as MediaPipe's BlazePose numbers them.

    Attributes:
        landmarks_norm: (33, 2) float32, x and y as fractions of the frame's width and height;
            points outside the image lie below 0 or above 1.
        visibility: (33,) float32, 0 to 1, how likely the point is in the image and not hidden.
        in_focus: Whether the image was sharp. Out of focus a body is easily lost from view.
    """

    landmarks_norm: Floats
    visibility: Floats
    in_focus: bool = True

    def __post_init__(self) -> None:
        if self.landmarks_norm.shape != (33, 2):
            raise ValueError(
                f"landmarks_norm must have shape (33, 2), got {self.landmarks_norm.shape}"
            )
        if self.visibility.shape != (33,):
            raise ValueError(f"visibility must have shape (33,), got {self.visibility.shape}")


@dataclass(frozen=True, slots=True, eq=False)
class PersonCrop:
    """A square cut around one person, as the classifier wants to see it.

    Attributes:
        image_bgr: (side, side, 3) uint8.
        box_px: The square in the frame; parts outside the frame are filled in.
    """

    image_bgr: Image
    box_px: Box


@dataclass(frozen=True, slots=True)
class Prediction:
    """What the classifier says of one crop.

    Attributes:
        p_fall: Probability of class 0, Fall, between 0 and 1.
    """

    p_fall: float

    def __post_init__(self) -> None:
        if not 0.0 <= self.p_fall <= 1.0:
            raise ValueError(f"p_fall must be between 0 and 1, got {self.p_fall}")


class Posture(str, Enum):
    """What the judge takes a person to be doing; each is shown in words.

    SUSPECTED is one who may have fallen, and is watched until that is clear.
    """

    UNKNOWN = "unknown"
    UPRIGHT = "upright"
    GOING_DOWN = "going down"
    DOWN = "down"
    SUSPECTED = "suspected"
    FALLEN = "fallen"


class EventKind(str, Enum):
    """Kinds of event the judge reports."""

    FALL = "fall"
    ON_FLOOR = "on_floor"
    LONG_LIE = "long_lie"
    RECOVERED = "recovered"
    BED_EXIT = "bed_exit"


@dataclass(frozen=True, slots=True)
class FallEvent:
    """Something happened to a person. It depends on the frames and their time stamps alone.

    Attributes:
        kind: What happened.
        camera: Name of the camera or clip.
        track_id: Who: the tracker's number of the person.
        started_s: When it began, on the clock of ``Frame.timestamp_s``.
        decided_s: Time stamp of the frame that settled it.
        score: The judge's confidence, 0 to 1.
        evidence: Why, strongest first.
        box_px: Where in the image.
        zone: Number of the room's zone that it is about, from 0; None for those about a body.
    """

    kind: EventKind
    camera: str
    track_id: int
    started_s: float
    decided_s: float
    score: float
    evidence: tuple[Message, ...]
    box_px: Box
    zone: int | None = None


@dataclass(frozen=True, slots=True, eq=False)
class Person:
    """One tracked person in one analysed frame.

    Attributes:
        track_id: The tracker's number, kept while the person stays in view.
        box_px: Tight box around the visible body.
        pose: The body landmarks; None while the pose model has lost the person.
        p_fall: The probability that they have fallen, by the classifier alone, in daily life and
            smoothed over time; None if unseen.
        score: The judge's evidence for a fall in progress or just happened, 0 to 1.
        posture: The judge's state for this person.
    """

    track_id: int
    box_px: Box
    pose: Pose | None
    p_fall: float | None
    score: float
    posture: Posture


@dataclass(frozen=True, slots=True, eq=False)
class Analysis:
    """The verdict on one frame, with the frame itself: what is shown is what was judged.

    Attributes:
        frame: The judged frame.
        people: Everyone tracked; empty when nobody is there, which is a finding, not an error.
        events: What this frame settled; mostly empty.
    """

    frame: Frame
    people: tuple[Person, ...] = ()
    events: tuple[FallEvent, ...] = ()

    @property
    def p_fall(self) -> float:
        """Highest smoothed probability of class Fall among the people, 0 if nobody is seen."""
        return max((p.p_fall for p in self.people if p.p_fall is not None), default=0.0)

    @property
    def score(self) -> float:
        """Highest decision score among the people, 0 if nobody is seen."""
        return max((p.score for p in self.people), default=0.0)


class Priority(str, Enum):
    """How urgent an alarm is, after the habit of IEC 60601-1-8."""

    HIGH = "high"
    MEDIUM = "medium"
    LOW = "low"


class AlarmState(str, Enum):
    """Where an alarm is in its life. Silence is never acknowledgement."""

    UNACKNOWLEDGED = "unacknowledged"
    RETURNED_UNACKNOWLEDGED = "returned unacknowledged"
    ACKNOWLEDGED = "acknowledged"
    CLOSED = "closed"


@dataclass(frozen=True, slots=True)
class Alarm:
    """A raised alarm, as it is stored, shown and sent.

    Attributes:
        event_id: Unique text, also the key in the store.
        camera: Name of the camera or clip.
        kind: ``fall``, ``on_floor``, ``long_lie``, ``bed_exit`` or, for a technical alarm,
            ``camera_lost`` etc.
        priority: How urgent.
        state: Where it is in its life.
        started_utc: When it began, ISO 8601 in UTC with milliseconds, ending in ``Z``.
        clip_time_s: Time in the clip, for recorded clips; None for cameras.
        score: The judge's confidence, 0 to 1; 1 for technical alarms.
        evidence: Why.
        from_clip: True if it comes from a recorded clip and not from a room.
        acknowledged_utc: When somebody acknowledged it.
        acknowledged_by: Who or what acknowledged or closed it.
        outcome: What it turned out to be: ``false alarm``, ``real`` or ``unsure``; empty if nobody
            has said so.
    """

    event_id: str
    camera: str
    kind: str
    priority: Priority
    state: AlarmState
    started_utc: str
    score: float
    evidence: tuple[Message, ...] = field(default=())
    clip_time_s: float | None = None
    from_clip: bool = False
    acknowledged_utc: str | None = None
    acknowledged_by: str | None = None
    outcome: str = ""
