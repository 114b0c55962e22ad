"""Reader of folders of finished crops: ``fall/`` beside ``not_fall/``."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from fallwatch.classifiers.preprocessing import InputSpec
from fallwatch.core.types import Box
from train.classes import FALL, NOT_FALL
from train.data.labelled_image import LabelledImage, cut_all, file_digest, read_image, thumbnail

_FOLDERS = {"fall": FALL, "not_fall": NOT_FALL}
_SUFFIXES = {".jpg", ".jpeg", ".png", ".bmp", ".webp"}


def is_crop_folder(folder: Path) -> bool:
    """Whether the folder holds ``fall/`` and ``not_fall/``."""
    return all((folder / name).is_dir() for name in _FOLDERS)


def read_crop_folder(folder: Path, spec: InputSpec) -> Iterator[LabelledImage]:
    """Read all crops; ``<source>__<name>`` as file name gives the recording.

    The crops are taken as cut: a square keeps its border, a longer one is filled up to a square.

    Raises:
        TrainError: An image cannot be read.
    """
    as_cut = InputSpec(spec.side_px, spec.mean_rgb, spec.std_rgb, margin=0.0)
    for name, label in _FOLDERS.items():
        for path in sorted((folder / name).rglob("*")):
            if path.suffix.lower() not in _SUFFIXES:
                continue
            image = read_image(path)
            whole = Box(0.0, 0.0, float(image.shape[1]), float(image.shape[0]))
            crops, labels = cut_all(image, [(whole, label)], as_cut)
            stem = path.stem
            yield LabelledImage(
                name=f"{folder.name}/{path.relative_to(folder).as_posix()}",
                data_set=folder.name,
                part="",
                source=f"{folder.name}/{stem.split('__')[0]}" if "__" in stem else "",
                digest=file_digest(path),
                thumb=thumbnail(image),
                crops=crops,
                labels=labels,
            )
