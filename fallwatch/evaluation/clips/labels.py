"""Label tables: ``events.csv`` and ``labels.csv``, as any spreadsheet program writes them."""

from __future__ import annotations

import csv
import re
from collections.abc import Iterator, Sequence
from pathlib import Path

from fallwatch.evaluation.clips.clips import ClipFolderError, FallSeconds
from fallwatch.evaluation.clips.names import shown
from fallwatch.evaluation.clips.text_file import TextFileError, read_text

#: Names of label tables and of their columns; the first column of an end that is filled counts.
_STEMS = frozenset({"events", "labels"})
_TABLES = frozenset({".csv", ".tsv", ".tab"})
_WORKBOOKS = frozenset({".xlsx", ".xlsm", ".xls", ".ods", ".numbers"})
_CLIP, _START, _ENDS = "clip", "fall_start_s", ("fall_end_s", "lying_start_s")

_SEPARATORS = (",", ";", "\t", "|")

#: ``3.13``, or ``3,13`` where the decimal sign is a comma.
_NUMBER = re.compile(r"\+?(?:\d+[.,]?\d*|[.,]\d+)(?:[eE][+-]?\d{1,3})?", re.ASCII)

#: No clip is longer: eleven days.
_MOST_SECONDS = 1e6


def is_label_table(path: Path) -> bool:
    """Whether a file is a label table by its name, in any case."""
    return path.stem.lower() in _STEMS and path.suffix.lower() in _TABLES


def is_workbook(path: Path) -> bool:
    """Whether a file is a label table in a form that is not read, as spreadsheets keep them."""
    return path.stem.lower() in _STEMS and path.suffix.lower() in _WORKBOOKS


def read_labels(path: Path) -> dict[str, tuple[FallSeconds, ...]]:
    """Read a label table.

    The columns ``clip`` and ``fall_start_s`` must be there; an empty ``fall_start_s`` says that
    nobody falls. ``fall_end_s`` or ``lying_start_s`` may be. A clip with several falls has
    several lines; a line that is there twice counts once. Cells are separated by commas,
    semicolons, tabulators or bars; decimals may have a comma where that separates no cells.

    Returns:
        For each clip, named as in the file, its falls in order of time.

    Raises:
        ClipFolderError: The file cannot be read; the message gives the line and the reason.
    """
    try:
        text = read_text(path)
    except TextFileError as error:
        raise ClipFolderError(f"{error} Save the table again as CSV in UTF-8.") from error
    rows = _rows(text, path)
    columns = _columns(next(rows, (1, []))[1], path)
    falls: dict[str, list[FallSeconds]] = {}
    quiet: set[str] = set()
    for line, cells in rows:
        where = f"{shown(path)}, line {line}"
        name, fall = _read_row(cells, columns, where)
        found = falls.setdefault(name, [])
        if fall is None:
            quiet.add(name)
        elif fall not in found:
            found.append(fall)
        if found and name in quiet:
            raise ClipFolderError(
                f"{where}, and another line differ on whether somebody falls in {shown(name)}."
            )
    return {
        name: tuple(sorted(found, key=lambda fall: fall.start_s)) for name, found in falls.items()
    }


def _rows(text: str, path: Path) -> Iterator[tuple[int, list[str]]]:
    """Number and cells of each line that is not empty, the heading first."""
    separator, lines = _separator(text)
    reader = csv.reader(lines, delimiter=separator, strict=True)
    try:
        for cells in reader:
            stripped = [cell.strip() for cell in cells]
            told = reader.line_num == 1 and "".join(stripped).lower().startswith("sep=")
            if any(stripped) and not told:
                yield reader.line_num, stripped
    except csv.Error as error:
        raise ClipFolderError(
            f"{shown(path)}, line {max(reader.line_num, 1)}, is no line of a CSV file ({error})."
        ) from error


def _separator(text: str) -> tuple[str, list[str]]:
    """What separates the cells, by the heading, and the lines with their ends."""
    lines = [f"{line}\n" for line in text.split("\n")]
    for line in lines:
        # Some programs say it in a first line of its own.
        if line.strip() and not line.lower().strip('"').startswith("sep="):
            return max(_SEPARATORS, key=line.count), lines
    return _SEPARATORS[0], lines


def _columns(heading: Sequence[str], path: Path) -> dict[str, int]:
    """Place of each column, by its name in small letters."""
    names = ["_".join(cell.lower().replace("-", " ").split()) for cell in heading]
    missing = [name for name in (_CLIP, _START) if name not in names]
    if missing:
        raise ClipFolderError(
            f"{shown(path)} has no column {' and no column '.join(missing)}. Its first line must "
            f"name the columns {_CLIP} and {_START}."
        )
    for name in (_CLIP, _START, *_ENDS):
        if names.count(name) > 1:
            raise ClipFolderError(f"{shown(path)} has the column {name} more than once.")
    return {name: place for place, name in enumerate(names) if name} | {"": len(names)}


def _read_row(
    cells: Sequence[str], columns: dict[str, int], where: str
) -> tuple[str, FallSeconds | None]:
    # One cell too many comes of a comma that separates decimals and cells alike.
    if any(cells[columns[""] :]):
        raise ClipFolderError(
            f"{where}, has more cells than there are columns. Decimals with a comma must stand in "
            "quotation marks, or cells be separated by semicolons."
        )

    def cell(name: str) -> str:
        place = columns.get(name, len(cells))
        return cells[place] if place < len(cells) else ""

    name = cell(_CLIP)
    if not name:
        raise ClipFolderError(f"{where}, names no clip.")
    start_s = _seconds(cell(_START), where, _START)
    ends = [_seconds(cell(column), where, column) for column in _ENDS]
    end_s = next((end for end in ends if end is not None), None)
    if start_s is None:
        if end_s is not None:
            raise ClipFolderError(f"{where}, gives the end of a fall, but no {_START}.")
        return name, None
    if end_s is not None and end_s < start_s:
        raise ClipFolderError(f"{where}, lets the fall end before it starts.")
    return name, FallSeconds(start_s, end_s)


def _seconds(text: str, where: str, column: str) -> float | None:
    if not text:
        return None
    value = float(text.replace(",", ".")) if _NUMBER.fullmatch(text) else -1.0
    if not 0 <= value <= _MOST_SECONDS:
        raise ClipFolderError(
            f"{where}, gives {column} as '{shown(text[:40])}', not as a time in seconds."
        )
    return value
