"""Search for the files of clips in a folder and all folders below it."""

from __future__ import annotations

import mimetypes
import os
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

from fallwatch.evaluation.clips.labels import is_label_table, is_workbook

#: Endings of the files that count as clips, in lower case.
CLIP_SUFFIXES = frozenset({
    ".264", ".265", ".3g2", ".3gp", ".3gpp", ".asf", ".avi", ".dav", ".dv", ".divx",
    ".f4v", ".flv", ".h264", ".h265", ".hevc", ".m1v", ".m2t", ".m2ts", ".m2v", ".m4v",
    ".mjpeg", ".mjpg", ".mkv", ".mov", ".mp4", ".mpe", ".mpeg", ".mpg", ".mts", ".mxf",
    ".ogm", ".ogv", ".qt", ".rm", ".rmvb", ".ts", ".vob", ".webm", ".wmv", ".y4m",
})  # fmt: skip

#: Endings that programs use for texts as well.
_ALSO_TEXT = frozenset({".ts", ".mts"})

#: How the content of videos begins: bytes and their place.
_BEGINNINGS = (
    (b"ftyp", 4),
    (b"AVI ", 8),
    (b"\x1a\x45\xdf\xa3", 0),
    (b"\x30\x26\xb2\x75\x8e\x66\xcf\x11", 0),
    (b"FLV\x01", 0),
    (b"\x00\x00\x01\xba", 0),
    (b"\x00\x00\x01\xb3", 0),
    (b"DHAV", 0),
)

#: Endings of files that begin like videos and are none.
_NO_VIDEO = frozenset({".heic", ".heif", ".avif", ".m4a", ".m4b", ".mka", ".wma", ".jp2", ".cr3"})


@dataclass(slots=True)
class FolderFiles:
    """What matters of the files directly in one folder, each list in the order of names.

    Attributes:
        path: The folder.
        clips: Files with the ending of a clip.
        tables: Label tables.
        workbooks: Label tables in a form that is not read.
        texts: Text files by their names without ending.
        left_out: Videos whose endings are not known, and links that lead nowhere.
    """

    path: Path
    clips: list[Path] = field(default_factory=list)
    tables: list[Path] = field(default_factory=list)
    workbooks: list[Path] = field(default_factory=list)
    texts: dict[str, Path] = field(default_factory=dict)
    left_out: list[Path] = field(default_factory=list)


def walk(folder: Path) -> Iterator[FolderFiles]:
    """The folder, then those below it by name; each once, however many links lead to it.

    Hidden files and folders are passed over.

    Raises:
        OSError: A folder cannot be read.
    """
    seen: set[str] = set()
    waiting = [folder]
    while waiting:
        place = waiting.pop()
        real = os.path.realpath(place)
        if real in seen:
            continue
        seen.add(real)
        files = FolderFiles(place)
        subfolders = []
        for path in sorted(place.iterdir()):
            if path.name.startswith((".", "~$")) or path.name == "__MACOSX":
                continue
            if path.is_dir():
                subfolders.append(path)
            else:
                _sort_in(path, files)
        yield files
        waiting += reversed(subfolders)


def clip_files(folder: Path) -> list[Path]:
    """All clips in a folder and those below it.

    Raises:
        OSError: A folder cannot be read.
    """
    return [path for files in walk(folder) for path in files.clips]


def _sort_in(path: Path, files: FolderFiles) -> None:
    suffix = path.suffix.lower()
    if is_label_table(path):
        # Whatever it is: reading it says what is wrong, as of a link that leads nowhere.
        files.tables.append(path)
    elif not path.is_file():
        if suffix in CLIP_SUFFIXES and path.is_symlink():
            files.left_out.append(path)
    elif suffix in CLIP_SUFFIXES:
        if suffix not in _ALSO_TEXT or not _is_text(path):
            files.clips.append(path)
    elif is_workbook(path):
        files.workbooks.append(path)
    elif suffix == ".txt":
        files.texts[path.stem] = path
    elif _is_video(path):
        files.left_out.append(path)


def _is_video(path: Path) -> bool:
    """Whether a file without the ending of a clip is one by its name or content."""
    kind = mimetypes.guess_type(path.name)[0] or ""
    if kind.startswith("video/"):
        return True
    if kind.startswith(("image/", "text/")) or path.suffix.lower() in _NO_VIDEO:
        return False
    start = _start_of(path)
    return any(start[at : at + len(mark)] == mark for mark, at in _BEGINNINGS)


def _is_text(path: Path) -> bool:
    start = _start_of(path)
    try:
        start.decode("utf-8")
    except UnicodeDecodeError as error:
        # The last letter may be cut off.
        return error.start > len(start) - 4
    return bool(start) and b"\0" not in start


def _start_of(path: Path) -> bytes:
    try:
        with path.open("rb") as file:
            return file.read(512)
    except OSError:
        return b""
