"""Samples from folders: read, without duplicates and held-out images, with a source each."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from fallwatch.classifiers.preprocessing import InputSpec
from fallwatch.core.types import Image
from fallwatch.evaluation.clips.names import shown
from train.data.clip_reader import is_clip_folder, read_clip_folder
from train.data.crop_folder_reader import is_crop_folder, read_crop_folder
from train.data.labelled_image import LabelledImage
from train.data.scenes import frames_of_clips, name_sources, same_view
from train.data.yolo_reader import is_yolo_set, read_yolo_set
from train.errors import TrainError

#: How each layout is recognised and read. A new layout is one more line.
READERS: tuple[
    tuple[
        Callable[[Path], bool],
        Callable[[Path, InputSpec, Callable[[str], None]], Iterator[LabelledImage]],
    ],
    ...,
] = (
    (is_yolo_set, read_yolo_set),
    (is_crop_folder, read_crop_folder),
    (is_clip_folder, read_clip_folder),
)


@dataclass(frozen=True, slots=True, eq=False)
class Samples:
    """Person crops with their labels; row i of every field belongs to crop i.

    Attributes:
        crops: (n, side, side, 3) uint8, blue, green, red.
        labels: (n,) int64, 0 = Fall, 1 = Not Fall.
        sources: Recording or scene of each crop. Splits and intervals go by this.
        parts: ``train`` or ``val`` where the data set itself is split, else empty.
        data_sets: Name of the set of each crop.
        names: Image of each crop.
    """

    crops: Image
    labels: NDArray[np.int64]
    sources: NDArray[np.str_]
    parts: NDArray[np.str_]
    data_sets: NDArray[np.str_]
    names: NDArray[np.str_]

    def __len__(self) -> int:
        return len(self.labels)

    def take(self, rows: NDArray[np.int64]) -> Samples:
        """The crops at these rows, in this order."""
        return Samples(
            self.crops[rows],
            self.labels[rows],
            self.sources[rows],
            self.parts[rows],
            self.data_sets[rows],
            self.names[rows],
        )


@dataclass(frozen=True, slots=True)
class Exclusion:
    """Images to keep out, because they show what is to be tested on.

    Attributes:
        clips: Folders of held-out clips: images that are frames of them are left out.
        views: Example images of cameras whose clips are not at hand.
    """

    clips: tuple[Path, ...] = ()
    views: tuple[Path, ...] = ()


@dataclass(slots=True)
class DataSummary:
    """Counts of the images that were read and of those that were left out.

    Attributes:
        images: Labelled images read, by set.
        duplicates: Exact copies dropped.
        held_out_frames: Left out as frames of the clips.
        held_out_views: Left out as further images of the example views.
        remarks: What was assumed or passed over, in words.
    """

    images: dict[str, int] = field(default_factory=dict)
    duplicates: int = 0
    held_out_frames: int = 0
    held_out_views: int = 0
    remarks: list[str] = field(default_factory=list)

    def to_stored(self) -> dict[str, Any]:
        """The counts as reports and manifests hold them.

        The names are those of the first reports, which are read beside later ones.
        """
        return {
            "pictures": self.images,
            "duplicates": self.duplicates,
            "frames_of_held_out_clips": self.held_out_frames,
            "pictures_of_held_out_views": self.held_out_views,
        }


def load_samples(
    folders: Sequence[Path], spec: InputSpec, exclusion: Exclusion | None = None
) -> tuple[Samples, DataSummary]:
    """Read all folders as one set.

    Raises:
        TrainError: A folder is missing, of no known layout, holds what cannot be read, or nothing
            is left.
    """
    summary = DataSummary()
    images: list[LabelledImage] = []
    for folder in folders:
        found = _read(folder, spec, summary.remarks.append)
        name = shown(folder.name)
        summary.images[name] = summary.images.get(name, 0) + len(found)
        images += found
    images = _without_duplicates(images, summary)
    images = name_sources(_without_held_out(images, exclusion or Exclusion(), summary))
    if not images:
        reasons = "".join(f" {remark}" for remark in summary.remarks[:5])
        raise TrainError(
            f"No labelled image is left in {', '.join(map(shown, folders))}. "
            f"Check that the labels lie beside the images.{reasons}"
        )
    return _stack(images), summary


def _read(folder: Path, spec: InputSpec, tell: Callable[[str], None]) -> list[LabelledImage]:
    try:
        if not folder.is_dir():
            raise TrainError(f"The folder {shown(folder)} does not exist. Check --data.")
        for recognises, read in READERS:
            if recognises(folder):
                return list(read(folder, spec, tell))
    except OSError as error:
        raise TrainError(f"{shown(error.filename)} cannot be read ({error.strerror}).") from error
    raise TrainError(
        f"{shown(folder)} is of no known layout. Known: 'images/' beside 'labels/', also "
        f"in 'train/' and 'valid/' (YOLO boxes); 'fall/' "
        f"beside 'not_fall/' (crops); '<room>/Videos/' with '<room>/Annotation_files/' (Le2i)."
    )


def _without_duplicates(images: list[LabelledImage], summary: DataSummary) -> list[LabelledImage]:
    # Where a copy lies in train and in val, the one in val stays: it must not be trained on.
    order = sorted(range(len(images)), key=lambda i: (images[i].part != "val", i))
    first: dict[str, int] = {}
    for i in order:
        first.setdefault(images[i].digest, i)
    kept = [images[i] for i in sorted(first.values())]
    summary.duplicates = len(images) - len(kept)
    return kept


def _without_held_out(
    images: list[LabelledImage], exclusion: Exclusion, summary: DataSummary
) -> list[LabelledImage]:
    frames: set[int] = set()
    views: set[int] = set()
    if images:
        frames = frames.union(*(frames_of_clips(images, path) for path in exclusion.clips))
        views = views.union(*(same_view(images, path) for path in exclusion.views)) - frames
    summary.held_out_frames = len(frames)
    summary.held_out_views = len(views)
    return [image for i, image in enumerate(images) if i not in frames | views]


def _stack(images: Sequence[LabelledImage]) -> Samples:
    counts = [len(image.labels) for image in images]

    def repeat(values: list[str]) -> NDArray[np.str_]:
        return np.repeat(np.array(values, dtype=np.str_), counts)

    return Samples(
        crops=np.concatenate([image.crops for image in images]),
        labels=np.concatenate([image.labels for image in images]),
        sources=repeat([image.source for image in images]),
        parts=repeat([image.part for image in images]),
        data_sets=repeat([image.data_set for image in images]),
        names=repeat([image.name for image in images]),
    )
