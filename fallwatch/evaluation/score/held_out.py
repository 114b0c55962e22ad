"""Leave-one-source-out: the threshold is chosen on all other sources and tested on this one.

The metrics of a threshold on the clips it was chosen by are optimistic. These are not.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from fallwatch.evaluation.score.clip_result import ClipResult
from fallwatch.evaluation.score.matching import AFTER_S
from fallwatch.evaluation.score.metrics import Summary, summarize

#: Name of the row that adds up all held-out sources.
TOGETHER = "all, held out"


@dataclass(frozen=True, slots=True)
class HeldOut:
    """The metrics of one source at a threshold chosen without its clips.

    Attributes:
        threshold: The one chosen on the other sources; None in the row of all together.
        summary: The metrics of this source.
    """

    threshold: float | None
    summary: Summary


def leave_one_source_out(results: Sequence[ClipResult], after_s: float = AFTER_S) -> list[HeldOut]:
    """One row for each source, then all of them together.

    Args:
        results: With the events at every threshold that was tried (see `sweep`).
        after_s: T: how long after the end of a fall its alarm may come.

    Returns:
        Empty if no thresholds were tried, or if there are no two sources with falls to choose by.
    """
    counted = [o for o in results if o.error is None and o.labelled and not o.sport]
    with_falls = {result.source for result in counted if result.falls_s}
    if len(with_falls) < 2 or not counted[0].sweep:
        return []
    rows: list[HeldOut] = []
    tested: list[ClipResult] = []
    for source in sorted({result.source for result in counted}):
        own = [result for result in counted if result.source == source]
        others = [result for result in counted if result.source != source]
        threshold = _best_threshold(others, after_s)
        at_threshold = _at(own, threshold)
        rows.append(HeldOut(threshold, summarize(source, at_threshold, after_s, intervals=False)))
        tested += at_threshold
    rows.append(HeldOut(None, summarize(TOGETHER, tested, after_s)))
    return rows


def _best_threshold(results: Sequence[ClipResult], after_s: float) -> float:
    """The threshold with the highest F1; of several, the middle one, which has most room."""
    f1 = {
        threshold: summarize("", _at(results, threshold), after_s, intervals=False).f1 or 0.0
        for threshold in sorted(results[0].sweep)
    }
    best = [threshold for threshold, value in f1.items() if value == max(f1.values())]
    return best[len(best) // 2]


def _at(results: Sequence[ClipResult], threshold: float) -> list[ClipResult]:
    return [replace(result, events=result.sweep[threshold]) for result in results]
