"""From folders to one training set: read, drop duplicates and held-out pictures, name sources."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from fallwatch.classifiers.preprocessing import InputSpec
from fallwatch.core.types import Image
from train.data.clip_reader import is_clip_folder, read_clip_folder
from train.data.crop_folder_reader import is_crop_folder, read_crop_folder
from train.data.labelled_image import LabelledImage
from train.data.scenes import frames_of_clips, name_sources, same_view
from train.data.yolo_reader import is_yolo_set, read_yolo_set
from train.errors import TrainError

#: How each layout is recognised and read. A new layout is one more line.
READERS: tuple[
    tuple[Callable[[Path], bool], Callable[[Path, InputSpec], Iterator[LabelledImage]]], ...
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
        names: Picture of each crop.
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
    """Pictures to keep out, because they show what is to be tested on.

    Attributes:
        clips: Folders of held-out clips: pictures that are frames of them are left out.
        views: Example pictures of cameras whose clips are not at hand.
    """

    clips: tuple[Path, ...] = ()
    views: tuple[Path, ...] = ()


@dataclass(slots=True)
class Account:
    """What became of the pictures on the way; written into the report and the manifest.

    Attributes:
        pictures: Labelled pictures read, by set.
        duplicates: Exact copies dropped.
        frames_of_held_out_clips: Left out as frames of the clips.
        pictures_of_held_out_views: Left out as further pictures of the example views.
    """

    pictures: dict[str, int] = field(default_factory=dict)
    duplicates: int = 0
    frames_of_held_out_clips: int = 0
    pictures_of_held_out_views: int = 0


def load_samples(
    folders: Sequence[Path], spec: InputSpec, exclusion: Exclusion | None = None
) -> tuple[Samples, Account]:
    """Read all folders as one set.

    Raises:
        TrainError: A folder is missing, of no known layout, or nothing is left.
    """
    account = Account()
    pictures: list[LabelledImage] = []
    for folder in folders:
        found = list(_reader(folder)(folder, spec))
        account.pictures[folder.name] = account.pictures.get(folder.name, 0) + len(found)
        pictures += found
    pictures = _without_duplicates(pictures, account)
    pictures = name_sources(_without_held_out(pictures, exclusion or Exclusion(), account))
    if not pictures:
        raise TrainError(
            f"No labelled picture is left in {', '.join(str(folder) for folder in folders)}. "
            f"Check that the labels lie beside the pictures."
        )
    return _stack(pictures), account


def _reader(folder: Path) -> Callable[[Path, InputSpec], Iterator[LabelledImage]]:
    if not folder.is_dir():
        raise TrainError(f"The folder {folder} does not exist. Check --data.")
    for recognises, read in READERS:
        if recognises(folder):
            return read
    raise TrainError(
        f"{folder} is of no known layout. Known: 'images/' beside 'labels/' (YOLO boxes); 'fall/' "
        f"beside 'not_fall/' (crops); '<room>/Videos/' with '<room>/Annotation_files/' (Le2i)."
    )


def _without_duplicates(pictures: list[LabelledImage], account: Account) -> list[LabelledImage]:
    # Where a copy lies in train and in val, the one in val stays: it must not be trained on.
    order = sorted(range(len(pictures)), key=lambda i: (pictures[i].part != "val", i))
    first: dict[str, int] = {}
    for i in order:
        first.setdefault(pictures[i].digest, i)
    kept = [pictures[i] for i in sorted(first.values())]
    account.duplicates = len(pictures) - len(kept)
    return kept


def _without_held_out(
    pictures: list[LabelledImage], exclusion: Exclusion, account: Account
) -> list[LabelledImage]:
    frames: set[int] = set()
    views: set[int] = set()
    if pictures:
        frames = frames.union(*(frames_of_clips(pictures, path) for path in exclusion.clips))
        views = views.union(*(same_view(pictures, path) for path in exclusion.views)) - frames
    account.frames_of_held_out_clips = len(frames)
    account.pictures_of_held_out_views = len(views)
    return [picture for i, picture in enumerate(pictures) if i not in frames | views]


def _stack(pictures: Sequence[LabelledImage]) -> Samples:
    counts = [len(picture.labels) for picture in pictures]

    def repeat(values: list[str]) -> NDArray[np.str_]:
        return np.repeat(np.array(values, dtype=np.str_), counts)

    return Samples(
        crops=np.concatenate([picture.crops for picture in pictures]),
        labels=np.concatenate([picture.labels for picture in pictures]),
        sources=repeat([picture.source for picture in pictures]),
        parts=repeat([picture.part for picture in pictures]),
        data_sets=repeat([picture.data_set for picture in pictures]),
        names=repeat([picture.name for picture in pictures]),
    )
