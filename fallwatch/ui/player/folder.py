"""Clips of an opened folder, and their annotations. No Qt; it reads files."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from fallwatch.core.message import Message, message_of, plain
from fallwatch.evaluation.clips.clips import ClipFolderError, FallSeconds
from fallwatch.evaluation.clips.folders import find_clips
from fallwatch.evaluation.clips.le2i import AnnotationError, FallFrames, read_fall_frames
from fallwatch.evaluation.clips.names import shown

# Where Le2i keeps the annotation of Videos/NAME.avi; some copies spell it with one more s.
_ANNOTATIONS = ("Annotation_files", "Annotations_files")


@dataclass(frozen=True, slots=True)
class OpenedClip:
    """One clip to look at.

    Attributes:
        path: The file.
        title: What it is called in the list.
        falls: What is annotated; empty where nobody falls or nothing is known.
        labelled: Whether it is known if somebody falls.
    """

    path: Path
    title: str
    falls: tuple[FallSeconds | FallFrames, ...] = ()
    labelled: bool = False


@dataclass(frozen=True, slots=True)
class OpenedClips:
    """What somebody opened.

    Attributes:
        clips: In order.
        remarks: What was taken for granted or could not be read.
    """

    clips: tuple[OpenedClip, ...] = ()
    remarks: tuple[Message, ...] = ()


def open_folder(folder: Path) -> OpenedClips:
    """All clips of a folder, in a layout that `fallwatch.evaluation.clips.folders` knows."""
    try:
        found = find_clips(folder)
    except ClipFolderError as error:
        return OpenedClips(remarks=(message_of(error),))
    clips = tuple(
        OpenedClip(clip.path, clip.key, clip.falls, clip.labelled) for clip in found.clips
    )
    remarks = tuple(map(plain, found.remarks))
    if not clips:
        remarks = (Message("There are no clips in {0}.", (shown(folder),)),)
    return OpenedClips(clips, remarks)


def open_files(paths: list[Path]) -> OpenedClips:
    """Some files, with their annotation where it lies beside them or as Le2i keeps it."""
    clips, remarks = [], []
    for path in paths:
        text = _annotation_of(path)
        falls: tuple[FallFrames, ...] = ()
        labelled = False
        if text is not None:
            try:
                fall = read_fall_frames(text)
                falls, labelled = (() if fall is None else (fall,)), True
            except AnnotationError as error:
                remarks.append(message_of(error))
        clips.append(OpenedClip(path, shown(path.name), falls, labelled))
    return OpenedClips(tuple(clips), tuple(remarks))


def _annotation_of(path: Path) -> Path | None:
    room = path.parent.parent
    places = [path.with_suffix(".txt")]
    places += [room / folder / f"{path.stem}.txt" for folder in _ANNOTATIONS]
    return next((place for place in places if place.is_file()), None)
