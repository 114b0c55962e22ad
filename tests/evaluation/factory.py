"""Results of clips and runs made by hand, for tests."""

from __future__ import annotations

from fallwatch.evaluation.score.clip_result import ClipResult, Event, Series
from fallwatch.evaluation.score.results import Results


def clip_result(
    clip: str = "set/a.mp4",
    *alarms: float | Event,
    fall_s: float | None = None,
    duration_s: float = 36.0,
    labelled: bool = True,
    sport: bool = False,
    error: str | None = None,
    poses: tuple[int, ...] | None = None,
    sweep: dict[float, tuple[Event, ...]] | None = None,
) -> ClipResult:
    """One clip; alarms given as times are of kind fall, and a fall lasts one second."""
    times = tuple(float(t) for t in range(int(duration_s)))
    return ClipResult(
        clip=clip,
        source=clip.split("/")[0],
        labelled=labelled,
        sport=sport,
        duration_s=duration_s,
        falls_s=() if fall_s is None else ((fall_s, fall_s + 1.0),),
        events=tuple(
            alarm if isinstance(alarm, Event) else Event("fall", alarm, alarm, 0.8, ("because",))
            for alarm in alarms
        ),
        series=Series(
            t_s=times,
            people=tuple(1 for _ in times),
            poses=poses or tuple(1 for _ in times),
            p_fall=tuple(0.25 for _ in times),
            score=tuple(0.5 for _ in times),
        ),
        sweep=sweep or {},
        error=error,
    )


def results(*clips: ClipResult, **others: object) -> Results:
    """A run of these clips."""
    about = {"folder": "/clips/set", "variant": "fixed", "threshold": "0.58"}
    return Results(about, list(clips), **others)  # type: ignore[arg-type]
