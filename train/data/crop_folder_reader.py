"""Reader of folders of finished crops: ``fall/`` beside ``not_fall/``."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

from fallwatch.classifiers.preprocessing import InputSpec
from fallwatch.core.types import Box
from fallwatch.evaluation.clips.names import shown
from train.classes import FALL, NOT_FALL
from train.data.labelled_image import (
    IMAGE_SUFFIXES,
    LabelledImage,
    cut_all,
    file_digest,
    files_below,
    read_image,
    thumbnail,
)

_FOLDERS = {"fall": FALL, "not_fall": NOT_FALL}


def is_crop_folder(folder: Path) -> bool:
    """Whether the folder holds ``fall/`` and ``not_fall/``."""
    return all((folder / name).is_dir() for name in _FOLDERS)


def read_crop_folder(
    folder: Path, spec: InputSpec, tell: Callable[[str], None] = lambda _: None
) -> Iterator[LabelledImage]:
    """Read all crops; ``<source>__<name>`` as file name gives the recording.

    The crops are taken as cut: a square keeps its border, a longer one is filled up to a square.

    Args:
        folder: The set.
        spec: The network's input.
        tell: Takes sentences on what was passed over.

    Raises:
        TrainError: An image cannot be read.
    """
    as_cut = InputSpec(spec.side_px, spec.mean_rgb, spec.std_rgb, margin=0.0)
    for name, label in _FOLDERS.items():
        for path in files_below(folder / name):
            if path.suffix.lower() not in IMAGE_SUFFIXES:
                tell(f"{shown(folder.name)}: {shown(path.name)} is no image, left out.")
                continue
            image = read_image(path)
            whole = Box(0.0, 0.0, float(image.shape[1]), float(image.shape[0]))
            crops, labels = cut_all(image, [(whole, label)], as_cut)
            stem = path.stem
            yield LabelledImage(
                name=shown(f"{folder.name}/{path.relative_to(folder).as_posix()}"),
                data_set=shown(folder.name),
                part="",
                source=shown(f"{folder.name}/{stem.split('__')[0]}") if "__" in stem else "",
                digest=file_digest(path),
                thumb=thumbnail(image),
                crops=crops,
                labels=labels,
            )
