"""Event metrics of a run, over all clips and for each source."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np

from fallwatch.core.types import EventKind
from fallwatch.evaluation.score.clip_result import ClipResult, Series
from fallwatch.evaluation.score.intervals import (
    Floats,
    binomial_interval,
    bootstrap,
    poisson_upper,
    ratio,
)
from fallwatch.evaluation.score.matching import AFTER_S, MatchedAlarm, Verdict, match

Interval = tuple[float, float] | None

#: Seconds from the start of a fall within which frames count as *after* it.
POSE_AFTER_S = 5.0

#: Name of the group of clips in which people lie and kneel on purpose.
SPORT = "sport"


@dataclass(frozen=True, slots=True)
class Summary:
    """The metrics of a group of clips. Rates are None where there is nothing to divide by.

    Attributes:
        name: Of the group.
        clips: Number of clips that could be analysed and whose labels are known.
        hours: Their length together.
        falls: Annotated falls.
        found: Falls for which an alarm came in time.
        false_alarms: Alarms that belong to no fall.
        repeated: Further alarms about a fall that was found.
        late: Alarms about somebody lying after a fall that was missed.
        clips_with_false_alarm: Number of clips with any.
        alarms_by_kind: All alarms, by kind of event.
        false_by_kind: False alarms, by kind of event.
        sensitivity: found / falls.
        precision: found / (found + false alarms).
        f1: Harmonic mean of the two.
        false_per_hour: False alarms over hours.
        false_per_hour_upper: 95 % upper bound of it.
        delay_p50_s: Seconds from the start of a fall to its alarm, median.
        delay_p95_s: The same, 95th percentile.
        pose_before: Share of frames with a pose before the fall starts.
        pose_after: Share of frames with a pose in the `POSE_AFTER_S` after it started.
        suspected_passed: How often somebody was suspected to have fallen, and had not.
        quiet_clips: Number of clips in which nobody falls.
        quiet_clips_with_fall: Number of these with an alarm that somebody fell.
        sensitivity_ci: 95 % interval, exact; the next three by a bootstrap over clips.
    """

    name: str
    clips: int
    hours: float
    falls: int
    found: int
    false_alarms: int
    repeated: int
    late: int
    clips_with_false_alarm: int
    alarms_by_kind: dict[str, int]
    false_by_kind: dict[str, int]
    sensitivity: float | None
    precision: float | None
    f1: float | None
    false_per_hour: float | None
    false_per_hour_upper: float | None
    delay_p50_s: float | None
    delay_p95_s: float | None
    pose_before: float | None
    pose_after: float | None
    suspected_passed: int = 0
    quiet_clips: int = 0
    quiet_clips_with_fall: int = 0
    sensitivity_ci: Interval = None
    precision_ci: Interval = None
    f1_ci: Interval = None
    false_per_hour_ci: Interval = None


def summarize(
    name: str, results: Sequence[ClipResult], after_s: float = AFTER_S, *, intervals: bool = True
) -> Summary:
    """Metrics of a group of clips; those that failed or are not labelled are left out."""
    counted = [result for result in results if result.error is None and result.labelled]
    matched = [match(result.events, result.falls_s, after_s) for result in counted]
    table = count_table(counted, matched)
    falls, found, false, hours = (float(total) for total in table.sum(axis=0))
    alarms = [each for clip in matched for each in clip]
    by_verdict = Counter(each.verdict for each in alarms)
    delays_s = [
        each.delay_s(result.falls_s)
        for result, clip in zip(counted, matched, strict=True)
        for each in clip
        if each.verdict is Verdict.FOUND
    ]
    before, after = _pose_shares(counted)
    return Summary(
        name=name,
        clips=len(counted),
        hours=hours,
        falls=int(falls),
        found=int(found),
        false_alarms=int(false),
        repeated=by_verdict[Verdict.REPEATED],
        late=by_verdict[Verdict.LATE],
        clips_with_false_alarm=int((table[:, FALSE] > 0).sum()),
        alarms_by_kind=_by_kind(alarms),
        false_by_kind=_by_kind([each for each in alarms if each.verdict is Verdict.FALSE]),
        sensitivity=_one(sensitivity, table),
        precision=_one(precision, table),
        f1=_one(f1, table),
        false_per_hour=_one(false_per_hour, table),
        false_per_hour_upper=poisson_upper(int(false)) / hours if hours > 0 else None,
        delay_p50_s=_quantile(delays_s, 0.5),
        delay_p95_s=_quantile(delays_s, 0.95),
        pose_before=before,
        pose_after=after,
        suspected_passed=sum(result.suspected_passed for result in counted),
        quiet_clips=sum(not result.falls_s for result in counted),
        quiet_clips_with_fall=sum(is_disturbed(result) for result in counted),
        sensitivity_ci=binomial_interval(int(found), int(falls)) if intervals else None,
        precision_ci=bootstrap(table, precision) if intervals else None,
        f1_ci=bootstrap(table, f1) if intervals else None,
        false_per_hour_ci=bootstrap(table, false_per_hour) if intervals else None,
    )


def summarize_all(results: Sequence[ClipResult], after_s: float = AFTER_S) -> list[Summary]:
    """Everything, or everything but sport, first; then sport, then each source."""
    summaries = [summarize(name, group, after_s) for name, group in groups_of(results)]
    return summaries[:1] + [summary for summary in summaries[1:] if summary.clips]


def counted_clips(results: Sequence[ClipResult]) -> str:
    """What a figure over all of them counts, in words: falls in sport are on purpose."""
    return "all clips but sport" if any(result.sport for result in results) else "all clips"


def groups_of(results: Sequence[ClipResult]) -> list[tuple[str, list[ClipResult]]]:
    """Name and clips of each group.

    Everything, or everything but sport where there is some, first; then sport, then each source.
    """
    plain = [result for result in results if not result.sport]
    sport = [result for result in results if result.sport]
    groups = [(counted_clips(results), plain)]
    if sport:
        groups.append((SPORT, sport))
    sources = sorted({result.source for result in results})
    if len(sources) > 1:
        groups += [(name, [o for o in plain if o.source == name]) for name in sources]
    return groups


# What each clip adds to the sums: columns of the table that the metrics are made of.
FALLS, FOUND, FALSE, HOURS = range(4)


def count_table(results: Sequence[ClipResult], matched: Sequence[Sequence[MatchedAlarm]]) -> Floats:
    """Counts, (clips, 4): falls, found falls, false alarms, hours."""
    rows = [
        (
            len(result.falls_s),
            sum(each.verdict is Verdict.FOUND for each in alarms),
            sum(each.verdict is Verdict.FALSE for each in alarms),
            result.duration_s / 3600,
        )
        for result, alarms in zip(results, matched, strict=True)
    ]
    return np.array(rows, dtype=np.float64).reshape(-1, 4)


def sensitivity(sums: Floats) -> Floats:
    """Found falls over falls."""
    return ratio(sums[:, FOUND], sums[:, FALLS])


def precision(sums: Floats) -> Floats:
    """Found falls over found falls and false alarms."""
    return ratio(sums[:, FOUND], sums[:, FOUND] + sums[:, FALSE])


def f1(sums: Floats) -> Floats:
    """Harmonic mean of sensitivity and precision."""
    below = sums[:, FALLS] + sums[:, FOUND] + sums[:, FALSE]
    # Without falls there is nothing to be sensitive to.
    return ratio(2 * sums[:, FOUND], np.where(sums[:, FALLS] > 0, below, 0.0))


def false_per_hour(sums: Floats) -> Floats:
    """False alarms over hours."""
    return ratio(sums[:, FALSE], sums[:, HOURS])


#: The metrics that are compared and given intervals, by the name of their field.
METRICS = {
    "sensitivity": sensitivity,
    "precision": precision,
    "f1": f1,
    "false_per_hour": false_per_hour,
}


def _one(metric: Callable[[Floats], Floats], table: Floats) -> float | None:
    value = float(metric(table.sum(axis=0, keepdims=True))[0])
    return value if np.isfinite(value) else None


def is_disturbed(result: ClipResult) -> bool:
    """Whether an alarm says that somebody fell in a clip in which nobody does."""
    falls = any(event.kind == EventKind.FALL.value for event in result.events)
    return falls and not result.falls_s


def _by_kind(alarms: Sequence[MatchedAlarm]) -> dict[str, int]:
    counts = Counter(each.event.kind for each in alarms)
    return {kind.value: counts[kind.value] for kind in EventKind if counts[kind.value]}


def _quantile(values: Sequence[float], part: float) -> float | None:
    return float(np.quantile(values, part)) if values else None


def _pose_shares(results: Sequence[ClipResult]) -> tuple[float | None, float | None]:
    """Of the clips with falls: before the first one starts, and after any one did."""
    before: list[bool] = []
    after: list[bool] = []
    for result in results:
        if not result.falls_s:
            continue
        starts_s = sorted(start for start, _ in result.falls_s)
        for t_s, has_pose in _poses(result.series):
            if t_s < starts_s[0]:
                before.append(has_pose)
            elif any(start <= t_s < start + POSE_AFTER_S for start in starts_s):
                after.append(has_pose)
    return _share(before), _share(after)


def _poses(series: Series) -> list[tuple[float, bool]]:
    return [(t_s, poses > 0) for t_s, poses in zip(series.t_s, series.poses, strict=True)]


def _share(values: Sequence[bool]) -> float | None:
    return sum(values) / len(values) if values else None
