"""Reader of image sets with YOLO boxes: ``images/[train|val/]`` beside ``labels/[train|val/]``."""

from __future__ import annotations

import unicodedata
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from fallwatch.classifiers.preprocessing import InputSpec
from fallwatch.core.geometry import intersection_over_union
from fallwatch.core.types import Box, Image
from fallwatch.evaluation.clips.names import shown
from train.classes import FALL
from train.data.class_names import PARTS, ClassNames, is_names_file, read_class_names, subfolders
from train.data.labelled_image import (
    IMAGE_SUFFIXES,
    LabelledImage,
    cut_all,
    file_digest,
    files_below,
    read_image,
    thumbnail,
)
from train.data.yolo_labels import LabelledBox, read_label_file

#: So many files are named where some are left out.
_MOST_NAMED = 3

#: Two boxes that share more than this are one person marked twice.
SAME_PERSON_IOU = 0.6


@dataclass(frozen=True, slots=True)
class _Part:
    """A part of a set: its name (empty: the whole set), folder of images, folder of labels."""

    name: str
    images: Path
    labels: Path


def is_yolo_set(folder: Path) -> bool:
    """Whether the folder is laid out like a YOLO set."""
    return bool(_part_folders(folder))


def read_yolo_set(
    folder: Path, spec: InputSpec, tell: Callable[[str], None] = lambda _: None
) -> Iterator[LabelledImage]:
    """Read all labelled images in the order of their names.

    All labels are read before the first image is.

    Args:
        folder: The set: ``images/`` beside ``labels/``, whole or in each of its parts.
        spec: The network's input.
        tell: Takes sentences on what was assumed or passed over.

    Raises:
        TrainError: An image, label line or class cannot be understood.
    """
    classes = read_class_names(folder)
    _tell_of_classes(folder, classes, tell)
    labelled = [
        (part, path, read_label_file(label_path, classes))
        for part in _part_folders(folder)
        for path, label_path in _pairs(part, tell)
    ]
    tiny = 0
    for part, path, boxes in labelled:
        if all(box.label is None for box in boxes):
            continue
        image = read_image(path)
        people, dropped = _people(boxes, image)
        tiny += dropped
        if people:
            yield _labelled_image(folder, part, path, image, people, spec)
    if tiny:
        tell(f"{shown(folder.name)}: {tiny} boxes narrower or lower than 2 pixels are left out.")


def _tell_of_classes(folder: Path, classes: ClassNames, tell: Callable[[str], None]) -> None:
    """Say what the class numbers are taken for, where that is not plain."""
    if classes.origin is None:
        names = ", ".join(f"{number} = {name}" for number, name in enumerate(classes.names))
        tell(
            f"{shown(folder.name)} has no list of class names: {names} is assumed, as in the "
            "study's set. A file data.yaml or classes.txt would say it."
        )
    elif FALL not in classes.meanings:
        tell(f"{shown(folder.name)}: no class in {classes.origin.name} means fallen people.")


def _part_folders(folder: Path) -> list[_Part]:
    """The whole set as one part, or what lies in folders named as parts."""
    places = [("", folder)]
    places += [(path.name, path) for path in subfolders(folder) if path.name.lower() in PARTS]
    found = []
    for name, place in places:
        inside = {path.name.lower(): path for path in subfolders(place)}
        if "images" in inside and "labels" in inside:
            found.append(_Part(name, inside["images"], inside["labels"]))
        elif _holds_both(place):
            found.append(_Part(name, place, place))
    return found


def _holds_both(place: Path) -> bool:
    """Whether images and their labels lie side by side, as labelImg and Darknet keep them."""
    files = [path for path in place.iterdir() if path.name[0] != "."]
    texts = {path.stem for path in files if path.suffix.lower() == ".txt"}
    return any(path.suffix.lower() in IMAGE_SUFFIXES and path.stem in texts for path in files)


def _pairs(part: _Part, tell: Callable[[str], None]) -> Iterator[tuple[Path, Path]]:
    """Images with their label files, in the order of the images; what has none is told."""
    images, labels = part.images, part.labels
    files = _label_files(labels)
    folded = {key.casefold(): path for key, path in files.items()}
    used: set[Path] = set()
    bare = []
    for path in files_below(images):
        if path.suffix.lower() not in IMAGE_SUFFIXES:
            continue
        key = _key(path, images)
        label_path = files.get(key) or folded.get(key.casefold())
        if label_path is None:
            bare.append(path)
        else:
            used.add(label_path)
            yield path, label_path
    where = shown(f"{images.parent.name}/{images.name}")
    if bare:
        tell(f"{where}: {_some(bare, 'image')} without a label file, left out.")
    lonely = [path for path in files.values() if path not in used]
    if lonely:
        tell(f"{where}: {_some(lonely, 'label file')} without an image, left out.")


def _label_files(labels: Path) -> dict[str, Path]:
    return {
        _key(path, labels): path
        for path in files_below(labels)
        if path.suffix.lower() == ".txt" and not is_names_file(path)
    }


def _key(path: Path, folder: Path) -> str:
    """Path inside a folder without ending, accents composed."""
    return unicodedata.normalize("NFC", path.relative_to(folder).with_suffix("").as_posix())


def _some(paths: list[Path], kind: str) -> str:
    names = ", ".join(shown(path.name) for path in paths[:_MOST_NAMED])
    more = " and more" * (len(paths) > _MOST_NAMED)
    return f"{len(paths)} {kind}{'s' * (len(paths) != 1)} ({names}{more})"


def _people(boxes: Sequence[LabelledBox], image: Image) -> tuple[list[tuple[Box, int]], int]:
    """One box for each person, and how many boxes are too small to show one."""
    height, width = image.shape[:2]
    people = []
    tiny = 0
    for each in boxes:
        box = each.in_pixels(width, height)
        if each.label is None:
            continue
        if box.width_px >= 2 and box.height_px >= 2:
            people.append((box, each.label))
        else:
            tiny += 1
    return _one_box_each(people), tiny


def _labelled_image(
    folder: Path,
    part: _Part,
    path: Path,
    image: Image,
    people: list[tuple[Box, int]],
    spec: InputSpec,
) -> LabelledImage:
    crops, labels = cut_all(image, people, spec)
    inside = part.name / path.relative_to(part.images)
    name = shown(folder.name)
    return LabelledImage(
        name=f"{name}/{shown(inside.as_posix())}",
        data_set=name,
        part=PARTS.get(inside.parts[0].lower(), "") if len(inside.parts) > 1 else "",
        source=f"{name}/{shown(path.stem.split('__')[0])}" if "__" in path.stem else "",
        digest=file_digest(path),
        thumb=thumbnail(image),
        crops=crops,
        labels=labels,
    )


def _one_box_each(people: list[tuple[Box, int]]) -> list[tuple[Box, int]]:
    """Keep one box per person; where boxes of both classes lie on one person, keep neither."""
    kept: list[tuple[Box, int]] = []
    for i, (box, label) in enumerate(people):
        others = [
            (j, other_label)
            for j, (other, other_label) in enumerate(people)
            if j != i and intersection_over_union(box, other) > SAME_PERSON_IOU
        ]
        if any(other_label != label for _, other_label in others):
            continue
        if all(j > i for j, _ in others):
            kept.append((box, label))
    return kept
