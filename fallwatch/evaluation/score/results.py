"""Results of a run and its files: ``results.json``, read back again, and ``results.csv``."""

from __future__ import annotations

import csv
import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

from fallwatch.evaluation.clips.clips import ClipFolderError
from fallwatch.evaluation.clips.names import shown
from fallwatch.evaluation.score.chance import Chance, chance_by_source
from fallwatch.evaluation.score.clip_result import ClipResult, Event, Series
from fallwatch.evaluation.score.held_out import HeldOut, leave_one_source_out
from fallwatch.evaluation.score.matching import AFTER_S, Verdict, match
from fallwatch.evaluation.score.metrics import Summary, counted_clips, summarize_all
from fallwatch.evaluation.score.sweep import SweepPoint, sweep_points

#: Version of the layout of ``results.json``.
FORMAT = 1

JSON_FILE, CSV_FILE = "results.json", "results.csv"


@dataclass(slots=True)
class Results:
    """The results of a run.

    Attributes:
        about: Provenance: folder, variant, sensitivity, checksums, time.
        clips: One result for each clip, as recorded.
        after_s: T: how long after the end of a fall its alarm may come, seconds.
        remarks: Assumptions about clips without full labels, in words.
        corruptions: The results under each corruption, by its name.
        variations: The results in each variation, by its name.
    """

    about: dict[str, str]
    clips: list[ClipResult]
    after_s: float = AFTER_S
    remarks: list[str] = field(default_factory=list)
    corruptions: dict[str, list[ClipResult]] = field(default_factory=dict)
    variations: dict[str, list[ClipResult]] = field(default_factory=dict)

    @property
    def failed(self) -> list[ClipResult]:
        """Clips that could not be analysed."""
        return [result for result in self.clips if result.error is not None]

    @property
    def counted(self) -> str:
        """What a figure over the whole run counts, in words."""
        return counted_clips(self.clips)

    def summaries(self) -> list[Summary]:
        """The metrics, everything but sport first."""
        return summarize_all(self.clips, self.after_s)

    def chance(self) -> list[Chance]:
        """How much of it is chance; empty if no variation was measured."""
        if not self.variations:
            return []
        return chance_by_source(self.clips, self.variations, self.after_s)

    def sweep(self) -> list[SweepPoint]:
        """The curve over the judge's threshold; empty if it was not asked for."""
        return sweep_points(self.clips, self.after_s)

    def held_out(self) -> list[HeldOut]:
        """Each source at the threshold the others would choose; empty without a sweep."""
        return leave_one_source_out(self.clips, self.after_s)


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
        "clips": [asdict(result) for result in results.clips],
        "stresses": _without_series(results.corruptions),
        "variations": _without_series(results.variations),
    }
    path.write_text(json.dumps(document, allow_nan=False), encoding="utf-8")


_GIVE = "Give a folder that fallwatch evaluate has written, such as with --output."


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
            raise ClipFolderError(f"{shown(file)} was written by another version of fallwatch.")
        return Results(
            about=document["about"],
            clips=[_clip_result(each) for each in document["clips"]],
            after_s=document["after_s"],
            remarks=document["remarks"],
            corruptions=_clip_results(document["stresses"]),
            variations=_clip_results(document.get("variations", {})),
        )
    except FileNotFoundError as error:
        what = f"holds no {JSON_FILE}" if path.is_dir() else "is missing"
        raise ClipFolderError(f"{shown(path)} {what}. {_GIVE}") from error
    except OSError as error:
        raise ClipFolderError(f"{shown(file)} cannot be read ({error.strerror}).") from error
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError) as error:
        raise ClipFolderError(
            f"{shown(file)} is not a result of fallwatch evaluate. {_GIVE}"
        ) from error


def _without_series(runs: Mapping[str, Sequence[ClipResult]]) -> dict[str, Any]:
    return {
        name: [{**asdict(result), "series": None} for result in clips]
        for name, clips in runs.items()
    }


def _clip_results(runs: Mapping[str, Any]) -> dict[str, list[ClipResult]]:
    return {name: [_clip_result(each) for each in clips] for name, clips in runs.items()}


def _clip_result(values: Mapping[str, Any]) -> ClipResult:
    series = values["series"] or {}
    return ClipResult(
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
        writer.writerows(_line(result, results.after_s) for result in results.clips)


def _line(result: ClipResult, after_s: float) -> dict[str, object]:
    matched = match(result.events, result.falls_s, after_s)
    verdicts = [each.verdict for each in matched]
    delays = [each.delay_s(result.falls_s) for each in matched if each.verdict is Verdict.FOUND]
    poses = result.series.poses
    return {
        "clip": result.clip,
        "source": result.source,
        "activity": result.activity,
        "labelled": int(result.labelled),
        "sport": int(result.sport),
        "duration_s": result.duration_s,
        "falls": len(result.falls_s),
        "fall_start_s": " ".join(f"{start:.2f}" for start, _ in result.falls_s),
        "found": verdicts.count(Verdict.FOUND),
        "delay_s": " ".join(f"{delay:.2f}" for delay in delays),
        "false_alarms": verdicts.count(Verdict.FALSE),
        "late_alarms": verdicts.count(Verdict.LATE),
        "alarms": " ".join(f"{each.event.kind}@{each.event.decided_s:.2f}" for each in matched),
        "pose_share": f"{sum(p > 0 for p in poses) / len(poses):.3f}" if poses else "",
        "error": result.error or "",
    }
