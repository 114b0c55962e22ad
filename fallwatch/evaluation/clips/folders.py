"""Search for clips and their annotations in a folder of any known layout."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from pathlib import Path

from fallwatch.evaluation.clips.clip_files import FolderFiles, walk
from fallwatch.evaluation.clips.clips import Clip, ClipFolderError, FallSeconds
from fallwatch.evaluation.clips.labels import is_label_table
from fallwatch.evaluation.clips.le2i import AnnotationError, FallFrames, read_fall_frames
from fallwatch.evaluation.clips.listed import (
    ClipIndex,
    FileId,
    Listing,
    agreed,
    file_id,
    read_table,
)
from fallwatch.evaluation.clips.names import shown, spellings

#: A folder of this name, in any case, belongs to what lies beside it.
_VIDEOS = "videos"

#: Some copies of Le2i spell the name with one more s.
_ANNOTATIONS = ("Annotation_files", "Annotations_files")

_Falls = tuple[FallSeconds | FallFrames, ...]


@dataclass(slots=True)
class ClipSet:
    """The clips of one run.

    Attributes:
        clips: In the order of their folders and names.
        remarks: Assumptions, in words: which clips count as everyday life, and which are not
            counted.
    """

    clips: list[Clip] = field(default_factory=list)
    remarks: list[str] = field(default_factory=list)


def find_clips(folder: Path) -> ClipSet:
    """All clips in a folder and the folders below it, each file once.

    Understood are ``events.csv`` or ``labels.csv`` (see `labels`) beside the clips, beside their
    folder ``videos``, or above, with the clips' paths; Le2i's rooms (``Videos`` and
    ``Annotation_files``); clips with a Le2i-style text file of the same name beside them; and
    clips with nothing, which count as everyday life in which nobody falls.
    ``<source>__<activity>__<name>.mp4`` names a clip's source and activity.

    Raises:
        ClipFolderError: The folder or a label file cannot be read, or two tables differ.
    """
    try:
        folder = folder.expanduser().resolve()
        if not folder.is_dir():
            raise ClipFolderError(
                f"{shown(folder)} is not a folder. Give the folder that holds the clips."
            )
        if folder.name.lower() == _VIDEOS and (_has_table(folder.parent) or _is_room(folder)):
            folder = folder.parent
        return _Search(folder).run()
    except OSError as error:
        raise ClipFolderError(
            f"{shown(error.filename)} cannot be read ({error.strerror})."
        ) from error
    except RuntimeError as error:  # a link that leads to itself; a home that nobody has
        raise ClipFolderError(f"{shown(folder)} cannot be found ({error}).") from error
    except AnnotationError as error:
        raise ClipFolderError(str(error)) from error


def _has_table(folder: Path) -> bool:
    return any(is_label_table(path) and path.is_file() for path in folder.iterdir())


def _annotation_folder(videos: Path) -> Path | None:
    return next((p for name in _ANNOTATIONS if (p := videos.parent / name).is_dir()), None)


def _is_room(videos: Path) -> bool:
    return videos.name == "Videos" and _annotation_folder(videos) is not None


@dataclass(frozen=True, slots=True)
class _Candidate:
    """A clip under one of its names; of several names the one of the highest rank counts."""

    clip: Clip
    rank: int


_EVERYDAY, _UNKNOWN, _ANNOTATED, _LISTED = range(4)


class _Search:
    """Search of one folder."""

    def __init__(self, root: Path) -> None:
        self._root = root
        self._found = ClipSet()
        self._folders = list(walk(root))
        self._by_path = {files.path: files for files in self._folders}
        #: By file, what tables say of it.
        self._listings: dict[FileId, list[Listing]] = {}
        #: Folders in which clips that no table lists are not counted, with the tables' names.
        self._governed: dict[Path, str] = {}
        #: The same for all that lies below, unless something else there says what it is.
        self._governed_below: dict[Path, str] = {}

    def run(self) -> ClipSet:
        self._read_tables()
        best: dict[FileId, _Candidate] = {}
        for files in self._folders:
            for candidate in self._candidates(files):
                identity = file_id(candidate.clip.path)
                known = best.setdefault(identity, candidate)
                if known is not candidate:
                    same = known.clip.path.relative_to(self._root).as_posix()
                    self._remark(
                        files.path,
                        f"{shown(candidate.clip.path.name)} is the same file as {shown(same)}: "
                        "counted once.",
                    )
                if candidate.rank > known.rank:
                    best[identity] = candidate
        for identity, listings in self._listings.items():
            if identity not in best:
                best[identity] = self._elsewhere(listings)
        self._found.clips = _with_own_keys([each.clip for each in best.values()])
        return self._found

    def _read_tables(self) -> None:
        index = ClipIndex([clip for files in self._folders for clip in files.clips])
        for files in self._folders:
            stems = {table.stem.lower() for table in files.tables}
            for workbook in files.workbooks:
                if workbook.stem.lower() not in stems:
                    raise ClipFolderError(
                        f"{shown(workbook)} is not read. Save it as CSV beside it, or remove it."
                    )
            for table in files.tables:
                self._read_table(table, index)

    def _read_table(self, table: Path, index: ClipIndex) -> None:
        folder = table.parent
        videos = [p for p in self._by_path if p.parent == folder and p.name.lower() == _VIDEOS]
        places = [*videos, folder]
        self._governed.update(dict.fromkeys(places, table.name))
        for listing in read_table(table, places, index):
            self._listings.setdefault(file_id(listing.path), []).append(listing)
            at = listing.path.parent
            if at in self._by_path and at not in places:
                self._governed.setdefault(at, table.name)
                self._governed_below[folder] = table.name

    def _candidates(self, files: FolderFiles) -> Iterator[_Candidate]:
        """The clips of one folder with what is known of them; what is assumed is remarked."""
        folder = files.path
        if files.left_out:
            names = ", ".join(shown(path.name) for path in files.left_out[:5])
            more = " and more" * (len(files.left_out) > 5)
            self._remark(
                folder,
                f"{_count(files.left_out)} left out, not of a known ending or a link to nothing: "
                f"{names}{more}.",
            )
        unlisted = []
        source = self._source(folder)
        for path in files.clips:
            listings = self._listings.get(file_id(path))
            if listings:
                yield _Candidate(_clip(path, source, falls=agreed(listings)), _LISTED)
            else:
                unlisted.append(path)
        if not unlisted:
            return
        if folder in self._governed:
            yield from self._not_listed(folder, unlisted, self._governed[folder])
        elif self._is_of_room(folder):
            yield from self._of_room(folder, unlisted)
        else:
            yield from self._plain(files, unlisted)

    def _of_room(self, folder: Path, clips: list[Path]) -> Iterator[_Candidate]:
        annotations = _annotation_folder(folder)
        texts = self._by_path[annotations].texts if annotations in self._by_path else {}
        unlabelled = [path for path in clips if _text_of(path, texts) is None]
        yield from self._annotated(clips, texts, self._source(folder))
        yield from _unknown(unlabelled, self._source(folder))
        if unlabelled:
            self._remark(
                folder,
                f"{_count(unlabelled)} without an annotation file; whether somebody falls is not "
                "known: shown, not counted. A file labels.csv in Videos would say it.",
            )

    def _plain(self, files: FolderFiles, clips: list[Path]) -> Iterator[_Candidate]:
        source = self._source(files.path)
        unlabelled = [path for path in clips if _text_of(path, files.texts) is None]
        above = [self._governed_below.get(folder) for folder in files.path.parents]
        if len(unlabelled) == len(clips) and any(above):
            yield from self._not_listed(files.path, clips, next(filter(None, above)))
            return
        if len(unlabelled) == len(clips):
            yield from (_Candidate(_clip(path, source), _EVERYDAY) for path in clips)
            self._remark(
                files.path,
                f"{_count(clips)} without labels: counted as everyday life, nobody falls.",
            )
            return
        yield from self._annotated(clips, files.texts, source)
        yield from _unknown(unlabelled, source)
        for path in unlabelled:
            self._remark(files.path, f"{shown(path.name)} has no text file: shown, not counted.")

    def _not_listed(self, folder: Path, clips: list[Path], table: str) -> Iterator[_Candidate]:
        yield from _unknown(clips, self._source(folder))
        self._remark(folder, f"{_count(clips)} not listed in {table}: shown, not counted.")

    @staticmethod
    def _annotated(clips: list[Path], texts: dict[str, Path], source: str) -> Iterator[_Candidate]:
        for path in clips:
            text = _text_of(path, texts)
            if text is not None:
                yield _Candidate(_clip(path, source, falls=_spans(text)), _ANNOTATED)

    def _elsewhere(self, listings: list[Listing]) -> _Candidate:
        """A clip that a table lists, but that is not there or lies outside the folder."""
        source = self._source(listings[0].table.parent)
        return _Candidate(_clip(listings[0].path, source, falls=agreed(listings)), _LISTED)

    def _is_of_room(self, folder: Path) -> bool:
        return folder.name == "Videos" and folder != self._root

    def _source(self, folder: Path) -> str:
        """What clips of a folder count under; a room's or set's folder for its videos."""
        if folder != self._root and not self._tables(folder):
            listed_above = folder.name.lower() == _VIDEOS and self._tables(folder.parent)
            folder = folder.parent if listed_above or self._is_of_room(folder) else folder
        name = folder.name if folder == self._root else folder.relative_to(self._root).as_posix()
        return shown(name)

    def _tables(self, folder: Path) -> list[Path]:
        return self._by_path[folder].tables if folder in self._by_path else []

    def _remark(self, folder: Path, words: str) -> None:
        self._found.remarks.append(f"{self._source(folder)}: {words}")


def _unknown(clips: list[Path], source: str) -> Iterator[_Candidate]:
    return (_Candidate(_clip(path, source, labelled=False), _UNKNOWN) for path in clips)


def _text_of(clip: Path, texts: dict[str, Path]) -> Path | None:
    """The text file of a clip, however both names compose their accents."""
    if clip.stem in texts:
        return texts[clip.stem]
    wanted = set(spellings(clip.stem))
    return next((text for stem, text in texts.items() if wanted & set(spellings(stem))), None)


def _with_own_keys(clips: list[Clip]) -> list[Clip]:
    """Clips whose key another has already count under their own folder, or under a number."""
    taken: set[str] = set()
    result = []
    for clip in clips:
        own, number = clip, 1
        while own.key in taken:
            number += 1
            folder = shown(clip.path.parent.name)
            own = replace(clip, source=f"{clip.source}/{folder}" + f" {number}" * (number > 2))
        taken.add(own.key)
        result.append(own)
    return result


def _spans(text: Path) -> tuple[FallFrames, ...]:
    frames = read_fall_frames(text)
    return () if frames is None else (frames,)


def _clip(path: Path, source: str, *, labelled: bool = True, falls: _Falls = ()) -> Clip:
    """A clip, with what its name says: ``<source>__<activity>__<name>``."""
    parts = path.stem.split("__")
    activity = ""
    if len(parts) >= 3:
        source, activity = f"{source}/{shown(parts[0])}", shown(parts[1])
    return Clip(path, source, labelled, falls, activity)


def _count(paths: list[Path]) -> str:
    return f"{len(paths)} clip{'s' * (len(paths) != 1)}"
