"""A run on disk: ``results.json``, which can be read back, and ``results.csv``, for people."""

from __future__ import annotations

import csv
import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

from fallwatch.evaluation.clips.clips import ClipFolderError
from fallwatch.evaluation.score.held_out import HeldOut, leave_one_source_out
from fallwatch.evaluation.score.matching import AFTER_S, Verdict, match
from fallwatch.evaluation.score.metrics import Summary, summarize_all
from fallwatch.evaluation.score.outcome import ClipOutcome, Event, Series
from fallwatch.evaluation.score.sweep import SweepPoint, sweep_points

#: Version of the layout of ``results.json``.
FORMAT = 1

JSON_FILE, CSV_FILE = "results.json", "results.csv"


@dataclass(slots=True)
class Results:
    """Everything a run found.

    Attributes:
        about: How it was made: folder, variant, sensitivity, checksums, time.
        outcomes: One for each clip.
        after_s: T: how long after the end of a fall its alarm may come.
        remarks: What was taken for granted.
        stresses: Outcomes under each stress, by its name.
    """

    about: dict[str, str]
    outcomes: list[ClipOutcome]
    after_s: float = AFTER_S
    remarks: list[str] = field(default_factory=list)
    stresses: dict[str, list[ClipOutcome]] = field(default_factory=dict)

    @property
    def failed(self) -> list[ClipOutcome]:
        """Clips that could not be analysed."""
        return [outcome for outcome in self.outcomes if outcome.error is not None]

    def summaries(self) -> list[Summary]:
        """The figures, everything but sport first."""
        return summarize_all(self.outcomes, self.after_s)

    def sweep(self) -> list[SweepPoint]:
        """The curve over the judge's threshold; empty if it was not asked for."""
        return sweep_points(self.outcomes, self.after_s)

    def held_out(self) -> list[HeldOut]:
        """Each source at the threshold the others would choose; empty without a sweep."""
        return leave_one_source_out(self.outcomes, self.after_s)


def write_json(results: Results, path: Path) -> None:
    """Write everything.

    Raises:
        OSError: It cannot be written.
    """
    document = {
        "format": FORMAT,
        "about": results.about,
        "after_s": results.after_s,
        "remarks": results.remarks,
        "summaries": [asdict(summary) for summary in results.summaries()],
        "sweep": [asdict(point) for point in results.sweep()],
        "leave_one_source_out": [asdict(row) for row in results.held_out()],
        "clips": [asdict(outcome) for outcome in results.outcomes],
        "stresses": {
            name: [{**asdict(o), "series": None} for o in outcomes]
            for name, outcomes in results.stresses.items()
        },
    }
    path.write_text(json.dumps(document, allow_nan=False), encoding="utf-8")


def read_json(path: Path) -> Results:
    """Read it back.

    Args:
        path: The file, or the folder it lies in.

    Raises:
        ClipFolderError: There is none, or it is none of ours.
    """
    file = path / JSON_FILE if path.is_dir() else path
    try:
        document = json.loads(file.read_text(encoding="utf-8"))
        if document["format"] != FORMAT:
            raise ClipFolderError(f"{file} was written by another version of fallwatch.")
        return Results(
            about=document["about"],
            outcomes=[_outcome(each) for each in document["clips"]],
            after_s=document["after_s"],
            remarks=document["remarks"],
            stresses={
                name: [_outcome(each) for each in clips]
                for name, clips in document["stresses"].items()
            },
        )
    except OSError as error:
        raise ClipFolderError(f"{file} cannot be read ({error.strerror}).") from error
    except (ValueError, KeyError, TypeError) as error:
        raise ClipFolderError(f"{file} is not a result of fallwatch evaluate.") from error


def _outcome(values: Mapping[str, Any]) -> ClipOutcome:
    series = values["series"] or {}
    return ClipOutcome(
        **{
            **values,
            "falls_s": tuple((start, end) for start, end in values["falls_s"]),
            "events": _events(values["events"]),
            "series": Series(**{name: tuple(column) for name, column in series.items()}),
            "sweep": {float(at): _events(events) for at, events in values["sweep"].items()},
        }
    )


def _events(values: Sequence[Mapping[str, Any]]) -> tuple[Event, ...]:
    return tuple(Event(**{**each, "evidence": tuple(each["evidence"])}) for each in values)


_COLUMNS = (
    "clip", "source", "activity", "labelled", "sport", "duration_s", "falls", "fall_start_s",
    "found", "delay_s", "false_alarms", "late_alarms", "alarms", "pose_share", "error",
)  # fmt: skip


def write_csv(results: Results, path: Path) -> None:
    """Write one line for each clip.

    Raises:
        OSError: It cannot be written.
    """
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, _COLUMNS)
        writer.writeheader()
        writer.writerows(_line(outcome, results.after_s) for outcome in results.outcomes)


def _line(outcome: ClipOutcome, after_s: float) -> dict[str, object]:
    judged = match(outcome.events, outcome.falls_s, after_s)
    verdicts = [each.verdict for each in judged]
    delays = [each.delay_s(outcome.falls_s) for each in judged if each.verdict is Verdict.FOUND]
    poses = outcome.series.poses
    return {
        "clip": outcome.clip,
        "source": outcome.source,
        "activity": outcome.activity,
        "labelled": int(outcome.labelled),
        "sport": int(outcome.sport),
        "duration_s": outcome.duration_s,
        "falls": len(outcome.falls_s),
        "fall_start_s": " ".join(f"{start:.2f}" for start, _ in outcome.falls_s),
        "found": verdicts.count(Verdict.FOUND),
        "delay_s": " ".join(f"{delay:.2f}" for delay in delays),
        "false_alarms": verdicts.count(Verdict.FALSE),
        "late_alarms": verdicts.count(Verdict.LATE),
        "alarms": " ".join(f"{each.event.kind}@{each.event.decided_s:.2f}" for each in judged),
        "pose_share": f"{sum(p > 0 for p in poses) / len(poses):.3f}" if poses else "",
        "error": outcome.error or "",
    }
