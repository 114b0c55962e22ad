"""Table of finished runs beside the study's figures, as Markdown."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from statistics import mean
from typing import Any

from train.model.variants import VARIANTS

_HEAD = (
    "| variant | settings | protocol | data | runs | F1 | accuracy | study F1 | study accuracy |\n"
    "|---|---|---|---|---|---|---|---|---|"
)


def markdown_table(reports: Sequence[Mapping[str, Any]]) -> str:
    """One row for each variant, recipe, protocol and data; means over the seeds."""
    groups: dict[tuple[str, str, str, str], list[Mapping[str, Any]]] = defaultdict(list)
    for report in reports:
        data = " + ".join(sorted(report["data"]["pictures"]))
        groups[report["variant"], report["recipe"], report["protocol"], data].append(report)
    order = list(VARIANTS)
    keys = sorted(groups, key=lambda key: (order.index(key[0]), *key[1:]))
    return "\n".join([_HEAD, *(_row(key, groups[key]) for key in keys)])


def _row(key: tuple[str, str, str, str], runs: Sequence[Mapping[str, Any]]) -> str:
    reported = VARIANTS[key[0]].reported
    f1 = mean(run["metrics"]["all"]["f1"] for run in runs)
    accuracy = mean(run["metrics"]["all"]["accuracy"] for run in runs)
    return (
        f"| {' | '.join(key)} | {len(runs)} | {f1:.3f} | {accuracy:.3f} "
        f"| {reported.f1:.2f} | {reported.accuracy:.2f} |"
    )
