"""Regression check against a stored run. Only ratios are compared, never times."""

from __future__ import annotations

import json
from pathlib import Path

from fallwatch.bench.errors import BenchError
from fallwatch.bench.figures import Report

#: A ratio may be this much below the baseline's.
ALLOWED_LOSS = 0.20


def load_baseline(path: Path, *, quick: bool) -> dict[str, float]:
    """The ratios of a stored run.

    Args:
        path: JSON as ``--output`` writes it.
        quick: Whether this run is a quick one: only runs of one kind are compared.

    Raises:
        BenchError: It cannot be read, or is of the other kind.
    """
    try:
        stored = json.loads(path.read_text(encoding="utf-8"))
        ratios = {str(name): float(value) for name, value in stored["ratios"].items()}
        was_quick = bool(stored["quick"])
    except (OSError, ValueError, KeyError, TypeError, AttributeError) as error:
        raise BenchError(
            f"{path} is no result of fallwatch bench ({error}). Make one with --output."
        ) from error
    if was_quick != quick:
        kind = "a quick" if was_quick else "a full"
        raise BenchError(
            f"{path} is of {kind} run. Compare it with its like: "
            f"{'add' if was_quick else 'leave out'} --quick."
        )
    return ratios


def regressions(report: Report, baseline: dict[str, float]) -> list[str]:
    """One sentence for each ratio that has become more than 20 % worse, or is missing."""
    sentences = []
    for name, before in baseline.items():
        now = report.ratios.get(name)
        if now is None:
            sentences.append(f"{name} was not measured; it was {before:.2f}.")
        elif now < before * (1.0 - ALLOWED_LOSS):
            sentences.append(f"{name} is {now:.2f}; it was {before:.2f} ({now / before - 1:+.0%}).")
    return sentences
