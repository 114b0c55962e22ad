"""Leave one source out: the threshold is chosen on all other sources and tested on this one.

The figures of a threshold on the clips it was chosen by flatter it. These do not.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from fallwatch.evaluation.score.matching import AFTER_S
from fallwatch.evaluation.score.metrics import Summary, summarize
from fallwatch.evaluation.score.outcome import ClipOutcome

#: Name of the row that adds up all held-out sources.
TOGETHER = "all, held out"


@dataclass(frozen=True, slots=True)
class HeldOut:
    """One source judged by a threshold that its clips had no part in.

    Attributes:
        threshold: The one chosen on the other sources; None in the row of all together.
        summary: The figures of this source.
    """

    threshold: float | None
    summary: Summary


def leave_one_source_out(
    outcomes: Sequence[ClipOutcome], after_s: float = AFTER_S
) -> list[HeldOut]:
    """One row for each source, then all of them together.

    Args:
        outcomes: With the events at every threshold that was tried (see `sweep`).
        after_s: T: how long after the end of a fall its alarm may come.

    Returns:
        Empty if no thresholds were tried, or if there are no two sources with falls to choose by.
    """
    counted = [o for o in outcomes if o.error is None and o.labelled and not o.sport]
    with_falls = {outcome.source for outcome in counted if outcome.falls_s}
    if len(with_falls) < 2 or not counted[0].sweep:
        return []
    rows: list[HeldOut] = []
    tested: list[ClipOutcome] = []
    for source in sorted({outcome.source for outcome in counted}):
        own = [outcome for outcome in counted if outcome.source == source]
        others = [outcome for outcome in counted if outcome.source != source]
        threshold = _best_threshold(others, after_s)
        judged = _at(own, threshold)
        rows.append(HeldOut(threshold, summarize(source, judged, after_s, intervals=False)))
        tested += judged
    rows.append(HeldOut(None, summarize(TOGETHER, tested, after_s)))
    return rows


def _best_threshold(outcomes: Sequence[ClipOutcome], after_s: float) -> float:
    """The threshold with the highest F1; of several, the middle one, which has most room."""
    f1 = {
        threshold: summarize("", _at(outcomes, threshold), after_s, intervals=False).f1 or 0.0
        for threshold in sorted(outcomes[0].sweep)
    }
    best = [threshold for threshold, value in f1.items() if value == max(f1.values())]
    return best[len(best) // 2]


def _at(outcomes: Sequence[ClipOutcome], threshold: float) -> list[ClipOutcome]:
    return [replace(outcome, events=outcome.sweep[threshold]) for outcome in outcomes]
