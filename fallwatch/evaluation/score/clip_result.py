"""Result of one clip: plain values that JSON can hold."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from fallwatch.core.types import Analysis, EventKind, FallEvent, Posture


@dataclass(frozen=True, slots=True)
class Event:
    """An event of the judge.

    Attributes:
        kind: ``fall``, ``on_floor``, ``long_lie`` or ``recovered``.
        started_s: Time in the clip at which it began, as the judge sees it.
        decided_s: Time in the clip at which the judge was sure of it: that of the alarm.
        score: 0 to 1.
        evidence: The reasons, in words.
    """

    kind: str
    started_s: float
    decided_s: float
    score: float = 1.0
    evidence: tuple[str, ...] = ()

    @property
    def is_alarm(self) -> bool:
        """Whether it asks for help."""
        return self.kind != EventKind.RECOVERED.value

    @classmethod
    def of(cls, event: FallEvent) -> Event:
        """From the judge's own event."""
        return cls(
            event.kind.value,
            event.started_s,
            event.decided_s,
            event.score,
            tuple(str(each) for each in event.evidence),
        )


@dataclass(frozen=True, slots=True)
class Series:
    """Time series over the analysed frames of a clip, all of the same length.

    Attributes:
        t_s: Time in the clip, seconds.
        people: Number of people tracked, in view or lost.
        poses: Number of them in view.
        p_fall: The classifier's smoothed probability, the highest of all people.
        score: The judge's score, the highest of all people.
    """

    t_s: tuple[float, ...] = ()
    people: tuple[int, ...] = ()
    poses: tuple[int, ...] = ()
    p_fall: tuple[float, ...] = ()
    score: tuple[float, ...] = ()

    @classmethod
    def of(cls, analyses: Sequence[Analysis]) -> Series:
        """From the analyses of a clip."""
        return cls(
            t_s=tuple(round(a.frame.timestamp_s, 3) for a in analyses),
            people=tuple(len(a.people) for a in analyses),
            poses=tuple(sum(p.pose is not None for p in a.people) for a in analyses),
            p_fall=tuple(round(a.p_fall, 3) for a in analyses),
            score=tuple(round(a.score, 3) for a in analyses),
        )


def suspected_and_passed(analyses: Sequence[Analysis]) -> int:
    """How often somebody was suspected to have fallen, and had not."""
    suspected: set[int] = set()
    passed = 0
    for analysis in analyses:
        now = {person.track_id: person.posture for person in analysis.people}
        for track_id in list(suspected):
            if now.get(track_id) is not Posture.SUSPECTED:
                suspected.remove(track_id)
                passed += now.get(track_id) is not Posture.FALLEN
        suspected |= {key for key, posture in now.items() if posture is Posture.SUSPECTED}
    return passed


@dataclass(frozen=True, slots=True)
class ClipResult:
    """The result of one clip.

    Attributes:
        clip: Source and file name.
        source: See `fallwatch.evaluation.clips.clips.Clip`.
        activity: The activity, if known.
        labelled: Whether it counts in the metrics.
        sport: Whether it is reported separately.
        duration_s: Length in seconds.
        falls_s: Annotated falls, start and end in seconds.
        events: The events of the judge, in order of time.
        series: Frame by frame.
        suspected_passed: How often somebody was suspected to have fallen, and had not.
        sweep: Events at other thresholds of the judge.
        spared: Share of the frames that were not judged, as with a camera; 0 to 1.
        error: Why it could not be analysed; everything but the first five is then empty.
    """

    clip: str
    source: str
    activity: str = ""
    labelled: bool = True
    sport: bool = False
    duration_s: float = 0.0
    falls_s: tuple[tuple[float, float], ...] = ()
    events: tuple[Event, ...] = ()
    series: Series = field(default_factory=Series)
    suspected_passed: int = 0
    sweep: dict[float, tuple[Event, ...]] = field(default_factory=dict)
    spared: float = 0.0
    error: str | None = None
