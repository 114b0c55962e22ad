"""What a fault run found: a Markdown table for people, JSON for everything else."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field

JsonValue = object


@dataclass(frozen=True, slots=True)
class Row:
    """One promise and what became of it.

    Attributes:
        promise: What fallwatch promises.
        how: How it was tried.
        times: How often.
        result: What was seen, with figures and units.
        kept: Whether the promise was kept every time.
    """

    promise: str
    how: str
    times: int
    result: str
    kept: bool


@dataclass(frozen=True, slots=True)
class Report:
    """All rows of one run.

    Attributes:
        name: Of the command.
        rows: In the order in which they are shown.
        details: Further figures, for the JSON only; JSON values.
    """

    name: str
    rows: tuple[Row, ...]
    details: Mapping[str, JsonValue] = field(default_factory=dict)

    @property
    def kept(self) -> bool:
        """Whether every promise was kept, and at least one was tried."""
        return bool(self.rows) and all(row.kept for row in self.rows)

    def markdown(self) -> str:
        """A table that can be pasted into the README."""
        lines = ["| promise | how it was tested | times | result | |", "|---|---|---|---|---|"]
        for row in self.rows:
            cells = (row.promise, row.how, str(row.times), row.result, _verdict(row))
            lines.append("| " + " | ".join(cell.replace("|", "\\|") for cell in cells) + " |")
        return "\n".join(lines)

    def json(self) -> str:
        """The same with all figures, indented."""
        value = {
            "name": self.name,
            "kept": self.kept,
            "rows": [asdict(row) for row in self.rows],
            "details": dict(self.details),
        }
        return json.dumps(value, indent=2)


def _verdict(row: Row) -> str:
    return "kept" if row.kept else "**not kept**"
