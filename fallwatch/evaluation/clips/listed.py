"""Clips that label tables name: which file each name means, and what all tables say of it."""

from __future__ import annotations

import os
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from fallwatch.evaluation.clips.clips import ClipFolderError, FallSeconds
from fallwatch.evaluation.clips.labels import read_labels
from fallwatch.evaluation.clips.names import shown, spellings

#: Starts and ends that differ by no more than this tell of the same fall.
_SAME_FALL_S = 0.5

#: So many folders of a path are looked at.
_MOST_PARTS = 8

#: A path from the top, of this system or another.
_ABSOLUTE = re.compile(r"[A-Za-z]:[\\/]|[\\/]|file://")

FileId = tuple[int, int] | str


def file_id(path: Path) -> FileId:
    """The same for all names and links of one file; the path where there is none."""
    try:
        status = path.stat()
    except (OSError, ValueError):
        return os.path.normpath(path)
    return (status.st_dev, status.st_ino) if status.st_ino else os.path.realpath(path)


@dataclass(frozen=True, slots=True)
class Listing:
    """What one table says of one clip.

    Attributes:
        path: The clip; a file that need not be there.
        table: The table.
        name: The clip's name in the table.
        falls: In order of time; empty where nobody falls.
    """

    path: Path
    table: Path
    name: str
    falls: tuple[FallSeconds, ...]


class ClipIndex:
    """Finds clips by the names that tables give them: by name, stem or path, in any spelling.

    Args:
        clips: All clips that may be meant.
    """

    def __init__(self, clips: Sequence[Path]) -> None:
        # With ending before without, as written before in any case.
        self._tiers: tuple[dict[str, list[Path]], ...] = ({}, {}, {}, {})
        self._known: dict[FileId, Path] = {}
        for clip in clips:
            self._known.setdefault(file_id(clip), clip)
            for end in _ends(clip):
                self._add(0, end, clip)
                self._add(2, end[: len(end) - len(clip.suffix)], clip)

    def find(self, name: str, places: Sequence[Path]) -> Path | None:
        """The clip that a table means; None if there is none.

        Args:
            name: From the table: a name or path, with or without ending, of any system.
            places: Folders that the name may be relative to, the likeliest first.

        Raises:
            ClipFolderError: Several are meant.
        """
        for path in (place / each for each in (name, name.replace("\\", "/")) for place in places):
            if _is_file(path):
                return self._known.get(file_id(path), path)
        parts = [part for part in name.replace("\\", "/").split("/") if part not in ("", ".")]
        absolute = _ABSOLUTE.match(name) is not None
        for length in range(len(parts), 0, -1):
            end, dropped = parts[-length:], parts[:-length]
            if dropped and not absolute and not _names_place(dropped, places):
                continue
            # Of a path of another computer, a mere name says too little to look everywhere.
            found = self._below(end, places, deep=length > 1 or not dropped)
            if len({file_id(path) for path in found}) > 1:
                listed = ", ".join(shown(path.relative_to(places[-1])) for path in found[:3])
                raise ClipFolderError(
                    f"several clips may be meant by {shown(name)}: {listed}. Give the path below "
                    "the folder"
                )
            if found:
                return found[0]
        return None

    def _add(self, tier: int, key: str, clip: Path) -> None:
        for each in spellings(key):
            self._tiers[tier].setdefault(each, []).append(clip)
            self._tiers[tier + 1].setdefault(each.casefold(), []).append(clip)

    def _below(self, end: Sequence[str], places: Sequence[Path], *, deep: bool) -> list[Path]:
        """Clips whose paths end so: directly in one of the places, or else anywhere below them."""
        key = "/".join(end)
        for number, tier in enumerate(self._tiers):
            for each in spellings(key.casefold() if number % 2 else key):
                found = tier.get(each, [])
                for place in places:
                    direct = [p for p in found if p.parents[len(end) - 1] == place]
                    if direct:
                        return direct
                below = [p for p in found if any(p.is_relative_to(place) for place in places)]
                if below and deep:
                    return below
        return []


def read_table(table: Path, places: Sequence[Path], index: ClipIndex) -> list[Listing]:
    """What a table says, clip by clip.

    A clip that is listed but missing stays in: opening it gives a clear message later.

    Args:
        table: The file.
        places: Folders that its names may be relative to, the likeliest first.
        index: Of all clips.

    Raises:
        ClipFolderError: It cannot be read, a name is not clear, or one clip is told of twice.
    """
    listings: dict[FileId, Listing] = {}
    for name, falls in read_labels(table).items():
        try:
            path = index.find(name, places) or places[0] / name
        except ClipFolderError as error:
            raise ClipFolderError(f"{shown(table)}: {error}.") from error
        new = Listing(path, table, name, falls)
        known = listings.setdefault(file_id(path), new)
        if known.falls != falls:
            raise ClipFolderError(
                f"{shown(table)} tells of one clip as {shown(known.name)} and {shown(name)}, and "
                "not the same. Name it in one way, or give its path below the folder."
            )
    return list(listings.values())


def agreed(listings: Sequence[Listing]) -> tuple[FallSeconds, ...]:
    """The falls in a clip by all tables that list it.

    Raises:
        ClipFolderError: They differ.
    """
    first = listings[0]
    falls = first.falls
    for other in listings[1:]:
        pairs = list(zip(falls, other.falls, strict=False))
        if len(falls) != len(other.falls) or not all(_same_fall(*pair) for pair in pairs):
            raise ClipFolderError(
                f"{shown(first.table)} and {shown(other.table)} tell different falls of "
                f"{shown(other.name)}. Correct one of them, or remove it."
            )
        falls = tuple(a if a.end_s is not None else b for a, b in pairs)
    return falls


def _same_fall(a: FallSeconds, b: FallSeconds) -> bool:
    ends_agree = a.end_s is None or b.end_s is None or abs(a.end_s - b.end_s) <= _SAME_FALL_S
    return abs(a.start_s - b.start_s) <= _SAME_FALL_S and ends_agree


def _ends(clip: Path) -> Iterator[str]:
    """The clip's name, then its path from ever further up."""
    parts = clip.parts[-_MOST_PARTS:]
    for start in range(len(parts) - 1, -1, -1):
        yield "/".join(parts[start:])


def _names_place(parts: Sequence[str], places: Sequence[Path]) -> bool:
    """Whether these are the last folders on the way to one of the places."""
    wanted = [part.casefold() for part in parts]
    return any([part.casefold() for part in p.parts[-len(wanted) :]] == wanted for p in places)


def _is_file(path: Path) -> bool:
    try:
        return path.is_file()
    except (OSError, ValueError):
        return False  # too long a name, or one that this system cannot have
