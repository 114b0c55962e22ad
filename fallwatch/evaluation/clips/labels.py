"""Label files: ``events.csv`` and ``labels.csv``."""

from __future__ import annotations

import csv
import math
from collections.abc import Mapping
from pathlib import Path

from fallwatch.evaluation.clips.clips import ClipFolderError, FallSeconds

#: Names of label files, and the columns in which each gives the end of a fall.
LABEL_FILES = {"events.csv": ("fall_end_s", "lying_start_s"), "labels.csv": ("fall_end_s",)}

_CLIP, _START = "clip", "fall_start_s"


def read_labels(path: Path) -> dict[str, tuple[FallSeconds, ...]]:
    """Read a label file.

    The columns ``clip`` and ``fall_start_s`` must be there; an empty ``fall_start_s`` says that
    nobody falls. ``fall_end_s`` or, in ``events.csv``, ``lying_start_s`` may be. A clip with
    several falls has several lines.

    Returns:
        For each clip, named as in the file, its falls in order of time.

    Raises:
        ClipFolderError: The file cannot be read; the message gives the line and the reason.
    """
    try:
        with path.open(encoding="utf-8-sig", newline="") as file:
            return _read(csv.DictReader(file), path)
    except OSError as error:
        raise ClipFolderError(f"{path} cannot be read ({error.strerror}).") from error
    except (UnicodeDecodeError, csv.Error) as error:
        raise ClipFolderError(f"{path} is not a CSV file in UTF-8 ({error}).") from error


def _read(reader: csv.DictReader[str], path: Path) -> dict[str, tuple[FallSeconds, ...]]:
    missing = [name for name in (_CLIP, _START) if name not in (reader.fieldnames or ())]
    if missing:
        raise ClipFolderError(
            f"{path} has no column {' and no column '.join(missing)}. Its first line must name "
            f"the columns {_CLIP} and {_START}."
        )
    falls: dict[str, list[FallSeconds]] = {}
    for row in reader:
        where = f"{path}, line {reader.line_num}"
        name = (row[_CLIP] or "").strip()
        if not name:
            raise ClipFolderError(f"{where}, names no clip.")
        found = falls.setdefault(name, [])
        fall = _fall(row, where, LABEL_FILES.get(path.name, ("fall_end_s",)))
        if fall is not None:
            found.append(fall)
    return {
        name: tuple(sorted(found, key=lambda fall: fall.start_s)) for name, found in falls.items()
    }


def _fall(row: Mapping[str, str | None], where: str, ends: tuple[str, ...]) -> FallSeconds | None:
    start_s = _seconds(row.get(_START), where, _START)
    if start_s is None:
        return None
    for column in ends:
        end_s = _seconds(row.get(column), where, column)
        if end_s is not None:
            if end_s < start_s:
                raise ClipFolderError(f"{where}, lets the fall end before it starts.")
            return FallSeconds(start_s, end_s)
    return FallSeconds(start_s)


def _seconds(text: str | None, where: str, column: str) -> float | None:
    if text is None or not text.strip():
        return None
    try:
        value = float(text)
    except ValueError:
        value = math.nan
    if not (math.isfinite(value) and value >= 0):
        raise ClipFolderError(f"{where}, gives {column} as '{text}', not as a time in seconds.")
    return value
