"""Reader of image sets with YOLO boxes: ``images/[train|val/]`` beside ``labels/[train|val/]``."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from fallwatch.classifiers.preprocessing import InputSpec
from fallwatch.core.geometry import intersection_over_union
from fallwatch.core.types import Box, Image
from train.classes import FALL, NOT_FALL
from train.data.labelled_image import LabelledImage, cut_all, file_digest, read_image, thumbnail
from train.errors import TrainError

#: The study's set has no list of class names; this is its order.
STUDY_CLASSES = ("fall", "walking", "sitting")

#: What the classes of known sets mean for us. None: no person, or nobody can say whether fallen
#: (hospital_bed's ``danger`` and ``patient`` are laid over other classes, in bed and on the floor).
MEANING: dict[str, int | None] = {
    "fall": FALL,
    "fallen": FALL,
    "not fall": NOT_FALL,
    "not_fall": NOT_FALL,
    "walking": NOT_FALL,
    "sitting": NOT_FALL,
    "standing": NOT_FALL,
    "lie": NOT_FALL,
    "move": NOT_FALL,
    "person": NOT_FALL,
    "sit": NOT_FALL,
    "stand": NOT_FALL,
    "bed": None,
    "danger": None,
    "patient": None,
    "walker": None,
    "wheelchair": None,
}

#: Two boxes that share more than this are one person marked twice.
SAME_PERSON_IOU = 0.6


def is_yolo_set(folder: Path) -> bool:
    """Whether the folder is laid out like a YOLO set."""
    return (folder / "images").is_dir() and (folder / "labels").is_dir()


def read_yolo_set(folder: Path, spec: InputSpec) -> Iterator[LabelledImage]:
    """Read all labelled images in the order of their names.

    Raises:
        TrainError: An image, label line or class cannot be understood.
    """
    classes = _class_names(folder)
    for path in sorted((folder / "images").rglob("*")):
        inside = path.relative_to(folder / "images")
        label_path = (folder / "labels" / inside).with_suffix(".txt")
        if not path.is_file() or not label_path.is_file():
            continue
        image = read_image(path)
        people = _one_box_each(_read_boxes(label_path, image, classes))
        if not people:
            continue
        crops, labels = cut_all(image, people, spec)
        part = inside.parts[0] if len(inside.parts) > 1 else ""
        stem = path.stem
        yield LabelledImage(
            name=f"{folder.name}/{inside.as_posix()}",
            data_set=folder.name,
            part=part,
            source=f"{folder.name}/{stem.split('__')[0]}" if "__" in stem else "",
            digest=file_digest(path),
            thumb=thumbnail(image),
            crops=crops,
            labels=labels,
        )


def _class_names(folder: Path) -> tuple[str, ...]:
    path = folder / "classes.txt"
    if not path.is_file():
        return STUDY_CLASSES
    names = tuple(line.strip().lower() for line in path.read_text("utf-8").splitlines() if line)
    unknown = [name for name in names if name not in MEANING]
    if unknown:
        raise TrainError(
            f"{path} names classes whose meaning is not known: {', '.join(unknown)}. Say in "
            f"train/data/yolo_reader.py (MEANING) whether each is Fall, Not Fall or to be left out."
        )
    return names


def _read_boxes(path: Path, image: Image, classes: tuple[str, ...]) -> list[tuple[Box, int]]:
    height, width = image.shape[:2]
    people = []
    for number, line in enumerate(path.read_text("utf-8").splitlines(), start=1):
        if not line.strip():
            continue
        try:
            index, x, y, w, h = (float(part) for part in line.split()[:5])
            name = classes[int(index)]
            box = Box((x - w / 2) * width, (y - h / 2) * height,
                      (x + w / 2) * width, (y + h / 2) * height)  # fmt: skip
        except (ValueError, IndexError) as error:
            raise TrainError(
                f"{path}, line {number} is not 'class x y width height' with a class from 0 to "
                f"{len(classes) - 1}: {line!r}. Correct the line or remove the file."
            ) from error
        label = MEANING[name]
        if label is not None and box.width_px >= 2 and box.height_px >= 2:
            people.append((box, label))
    return people


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
