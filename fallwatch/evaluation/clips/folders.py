"""Search for clips and their annotations in a folder of any known layout."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path

from fallwatch.evaluation.clips.clips import Clip, ClipFolderError, FallSeconds, clips_in
from fallwatch.evaluation.clips.labels import LABEL_FILES, read_labels
from fallwatch.evaluation.clips.le2i import AnnotationError, FallFrames, read_fall_frames

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
    """All clips in a folder and the folders below it.

    Understood are ``events.csv`` or ``labels.csv`` (see `labels`) beside the clips or beside
    their folder ``videos``; Le2i's rooms (``Videos`` and ``Annotation_files``); clips with a
    Le2i-style text file of the same name beside them; and clips with nothing, which count as
    everyday life in which nobody falls. ``<source>__<activity>__<name>.mp4`` names a clip's
    source and activity.

    Raises:
        ClipFolderError: The folder or a label file cannot be read.
    """
    folder = folder.expanduser().resolve()
    if not folder.is_dir():
        raise ClipFolderError(f"{folder} is not a folder. Give the folder that holds the clips.")
    if folder.name.lower() == _VIDEOS and (_label_file(folder.parent) or _is_room(folder.parent)):
        folder = folder.parent
    found = ClipSet()
    try:
        _search(folder, folder, found)
    except OSError as error:
        raise ClipFolderError(f"{error.filename} cannot be read ({error.strerror}).") from error
    except AnnotationError as error:
        raise ClipFolderError(str(error)) from error
    return found


def _search(folder: Path, root: Path, found: ClipSet) -> None:
    source = folder.name if folder == root else folder.relative_to(root).as_posix()
    subfolders = sorted(p for p in folder.iterdir() if p.is_dir() and p.name[0] != ".")
    videos = next((p for p in subfolders if p.name.lower() == _VIDEOS), None)
    label_file = _label_file(folder)
    if label_file is not None:
        place = videos or folder
        _add_listed(label_file, place, source, found)
    elif videos is not None and _label_file(videos) is None and videos.name == "Videos":
        place = videos
        _add_room(folder, videos, source, found)
    else:
        place = folder
        _add_plain(folder, source, found)
    for subfolder in subfolders:
        if subfolder != place:
            _search(subfolder, root, found)


def _label_file(folder: Path) -> Path | None:
    return next((folder / name for name in LABEL_FILES if (folder / name).is_file()), None)


def _annotation_folder(room: Path) -> Path | None:
    return next((room / name for name in _ANNOTATIONS if (room / name).is_dir()), None)


def _is_room(folder: Path) -> bool:
    return (folder / "Videos").is_dir() and _annotation_folder(folder) is not None


def _add_listed(label_file: Path, place: Path, source: str, found: ClipSet) -> None:
    there = {path.name: path for path in clips_in(place)}
    by_stem = {path.stem: path for path in there.values()}
    listed: set[Path] = set()
    for name, falls in read_labels(label_file).items():
        # A clip that is listed but missing stays in: opening it gives a clear message later.
        path = there.get(name) or by_stem.get(name) or place / name
        listed.add(path)
        found.clips.append(_clip(path, source, falls=falls))
    others = [path for path in there.values() if path not in listed]
    found.clips += [_clip(path, source, labelled=False) for path in others]
    if others:
        found.remarks.append(
            f"{source}: {_count(others)} not listed in {label_file.name}: shown, not counted."
        )


def _add_room(room: Path, videos: Path, source: str, found: ClipSet) -> None:
    annotations = _annotation_folder(room)
    unlabelled = []
    for path in clips_in(videos):
        text = annotations / f"{path.stem}.txt" if annotations is not None else None
        if text is not None and text.is_file():
            found.clips.append(_clip(path, source, falls=_spans(text)))
        else:
            found.clips.append(_clip(path, source, labelled=False))
            unlabelled.append(path)
    if unlabelled:
        found.remarks.append(
            f"{source}: {_count(unlabelled)} without an annotation file; whether somebody falls "
            "is not known: shown, not counted. A file labels.csv in Videos would say it."
        )


def _add_plain(folder: Path, source: str, found: ClipSet) -> None:
    clips = clips_in(folder)
    texts = {path: path.with_suffix(".txt") for path in clips}
    annotated = [path for path in clips if texts[path].is_file()]
    if not annotated:
        found.clips += [_clip(path, source) for path in clips]
        if clips:
            found.remarks.append(
                f"{source}: {_count(clips)} without labels: counted as everyday life, nobody falls."
            )
        return
    for path in clips:
        if path in annotated:
            found.clips.append(_clip(path, source, falls=_spans(texts[path])))
        else:
            found.clips.append(_clip(path, source, labelled=False))
            found.remarks.append(f"{source}: {path.name} has no text file: shown, not counted.")


def _spans(text: Path) -> tuple[FallFrames, ...]:
    frames = read_fall_frames(text)
    return () if frames is None else (frames,)


def _clip(path: Path, source: str, *, labelled: bool = True, falls: _Falls = ()) -> Clip:
    """A clip, with what its name says: ``<source>__<activity>__<name>``."""
    parts = path.stem.split("__")
    activity = ""
    if len(parts) >= 3:
        source, activity = f"{source}/{parts[0]}", parts[1]
    return Clip(path, source, labelled, falls, activity)


def _count(paths: list[Path]) -> str:
    return f"{len(paths)} clip{'s' * (len(paths) != 1)}"
