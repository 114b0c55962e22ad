"""Comparison of two runs over the same clips."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np

from fallwatch.evaluation.score.clip_result import ClipResult
from fallwatch.evaluation.score.intervals import Floats, bootstrap
from fallwatch.evaluation.score.matching import AFTER_S, Verdict, match
from fallwatch.evaluation.score.metrics import METRICS, Interval, count_table


@dataclass(frozen=True, slots=True)
class Difference:
    """One metric in both runs, over the clips that both have.

    Attributes:
        metric: Its name.
        a: In the first run; None where it cannot be given.
        b: In the second.
        change: b - a.
        change_ci: 95 % interval of the change, from paired resampling: the same clips in both.
    """

    metric: str
    a: float | None
    b: float | None
    change: float | None
    change_ci: Interval


@dataclass(frozen=True, slots=True)
class Comparison:
    """Two runs side by side.

    Attributes:
        clips: Number of clips that both have, without sport.
        only_a: Clips that only the first run has; so ``only_b``.
        differences: Of the metrics.
        changes: The clips whose result changed: clip, then the change in words.
        has_sport: Whether both have clips of sport, which ``clips`` and ``differences`` leave out.
    """

    clips: int
    only_a: tuple[str, ...]
    only_b: tuple[str, ...]
    differences: tuple[Difference, ...]
    changes: tuple[tuple[str, str], ...]
    has_sport: bool


def compare(
    a: Sequence[ClipResult], b: Sequence[ClipResult], after_s: float = AFTER_S
) -> Comparison:
    """Compare two runs clip by clip; the metrics are over everything but sport."""
    in_a = {o.clip: o for o in a if o.error is None and o.labelled}
    in_b = {o.clip: o for o in b if o.error is None and o.labelled}
    both = sorted(in_a.keys() & in_b.keys())
    plain = [clip for clip in both if not in_a[clip].sport]
    table_a = _table([in_a[clip] for clip in plain], after_s)
    table_b = _table([in_b[clip] for clip in plain], after_s)
    described = ((clip, _change(in_a[clip], in_b[clip], after_s)) for clip in both)
    return Comparison(
        clips=len(plain),
        only_a=tuple(sorted(in_a.keys() - in_b.keys())),
        only_b=tuple(sorted(in_b.keys() - in_a.keys())),
        differences=tuple(
            _difference(name, metric, table_a, table_b) for name, metric in METRICS.items()
        ),
        changes=tuple((clip, words) for clip, words in described if words),
        has_sport=len(plain) < len(both),
    )


def _table(results: Sequence[ClipResult], after_s: float) -> Floats:
    return count_table(results, [match(each.events, each.falls_s, after_s) for each in results])


def _difference(
    name: str, metric: Callable[[Floats], Floats], table_a: Floats, table_b: Floats
) -> Difference:
    width = table_a.shape[1]

    def change(sums: Floats) -> Floats:
        return metric(sums[:, width:]) - metric(sums[:, :width])

    paired = np.hstack([table_a, table_b])
    sums = paired.sum(axis=0, keepdims=True)
    return Difference(
        name,
        _known(metric(sums[:, :width])),
        _known(metric(sums[:, width:])),
        _known(change(sums)),
        bootstrap(paired, change),
    )


def _known(value: Floats) -> float | None:
    return float(value[0]) if np.isfinite(value[0]) else None


def _change(a: ClipResult, b: ClipResult, after_s: float) -> str:
    """The change of one clip, in words; empty if there is none."""
    matched_a, matched_b = (match(o.events, o.falls_s, after_s) for o in (a, b))
    words = []
    found_a, found_b = (
        {each.fall for each in matched if each.verdict is Verdict.FOUND}
        for matched in (matched_a, matched_b)
    )
    if found_b - found_a:
        words.append("fall found now")
    if found_a - found_b:
        words.append("fall missed now")
    false_a, false_b = (
        sum(each.verdict is Verdict.FALSE for each in matched) for matched in (matched_a, matched_b)
    )
    if false_a != false_b:
        words.append(f"false alarms {false_a} → {false_b}")
    return ", ".join(words)
