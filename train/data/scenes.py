"""Scenes: images that show the same place, to keep held-out clips out and splits honest.

Images of one fixed camera agree in their background. They are compared by small grey
thumbnails, so size, colour and recompression do not matter.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from pathlib import Path

import cv2
import numpy as np

from fallwatch.core.types import Floats
from fallwatch.evaluation.clips.clip_files import clip_files
from fallwatch.evaluation.clips.names import shown
from train.data.labelled_image import THUMB_SIZE, LabelledImage, read_image, thumbnail
from train.errors import TrainError

#: Correlation of whole thumbnails from which an image is a frame of a clip. Measured on the
#: study's set against UR Fall: its frames reach 0.966 and more, all others stay below 0.79.
CLIP_FRAME_CORRELATION = 0.9

#: Correlation from which an image shows the same view as a given image. Measured on UR Fall's
#: ceiling camera: its images reach 0.57 and more, all others stay below 0.33.
SAME_VIEW_CORRELATION = 0.45

#: Median correlation over the tiles of a thumbnail from which two images are of one scene.
#: The median ignores the tiles in which people moved.
SAME_SCENE_CORRELATION = 0.6

_TILE_PX = 12


def frames_of_clips(images: Sequence[LabelledImage], folder: Path, every: int = 10) -> set[int]:
    """Indices of the images that show a frame of a clip below ``folder``, mirrored or not.

    Raises:
        TrainError: The folder holds no clip, or one that cannot be read: it could not be held out.
    """
    try:
        clips = clip_files(folder)
    except OSError as error:
        raise TrainError(f"{shown(folder)} cannot be read ({error.strerror}).") from error
    thumbs = [thumb for path in clips for thumb in _clip_thumbs(path, every)]
    if not thumbs:
        raise TrainError(f"{shown(folder)} holds no clip that can be read. Name a folder of clips.")
    return _similar(images, thumbs, CLIP_FRAME_CORRELATION)


def same_view(images: Sequence[LabelledImage], example: Path) -> set[int]:
    """Indices of the images from the same fixed camera as an example image.

    Where a recording had a second camera whose clips are not at hand, no frame can be compared;
    one image of its view names it.

    Raises:
        TrainError: The example is not an image.
    """
    return _similar(images, [thumbnail(read_image(example))], SAME_VIEW_CORRELATION)


def name_sources(images: Sequence[LabelledImage]) -> list[LabelledImage]:
    """Give each image without a source the scene it shows as its source.

    Images joined by a chain of similar ones are one scene; it is named after its first image.
    """
    unnamed = [i for i, image in enumerate(images) if not image.source]
    result = list(images)
    if not unnamed:
        return result
    tiles = np.stack([_tiles(images[i].thumb) for i in unnamed])
    parent = list(range(len(unnamed)))
    for row in range(len(unnamed)):
        similarity = np.median(np.einsum("tp,ntp->nt", tiles[row], tiles[:row]), axis=1)
        for other in np.flatnonzero(similarity > SAME_SCENE_CORRELATION):
            first, second = sorted((_root(parent, row), _root(parent, int(other))))
            parent[second] = first
    for row, i in enumerate(unnamed):
        result[i] = images[i].from_source(images[unnamed[_root(parent, row)]].name)
    return result


def _root(parent: list[int], i: int) -> int:
    while parent[i] != i:
        i = parent[i]
    return i


def _similar(images: Sequence[LabelledImage], thumbs: Sequence[Floats], limit: float) -> set[int]:
    known = _unit([*thumbs, *(thumb[:, ::-1] for thumb in thumbs)])
    own = _unit([image.thumb for image in images])
    return {int(i) for i in np.flatnonzero((own @ known.T).max(axis=1) > limit)}


def _unit(thumbs: Iterable[Floats]) -> Floats:
    rows = np.stack([thumb.ravel() for thumb in thumbs])
    rows = rows - rows.mean(axis=1, keepdims=True)
    return np.asarray(rows / np.maximum(np.linalg.norm(rows, axis=1, keepdims=True), 1e-6))


def _tiles(thumb: Floats) -> Floats:
    """Thumbnail -> (12, 144): its tiles, each without its mean and of length one."""
    width, height = THUMB_SIZE
    tiles = thumb.reshape(height // _TILE_PX, _TILE_PX, width // _TILE_PX, _TILE_PX)
    rows = tiles.transpose(0, 2, 1, 3).reshape(-1, _TILE_PX * _TILE_PX)
    rows = rows - rows.mean(axis=1, keepdims=True)
    # The addend keeps noise in flat tiles (1 grey level) from counting as likeness.
    return np.asarray(rows / (np.linalg.norm(rows, axis=1, keepdims=True) + _TILE_PX))


def _clip_thumbs(path: Path, every: int) -> list[Floats]:
    clip = cv2.VideoCapture(str(path))
    thumbs: list[Floats] = []
    index = 0
    while clip.grab():
        if index % every == 0:
            ok, frame = clip.retrieve()
            if ok:
                thumbs.append(thumbnail(np.asarray(frame, dtype=np.uint8)))
        index += 1
    clip.release()
    if not thumbs:
        raise TrainError(f"{shown(path)} cannot be read as a clip. Remove it or replace it.")
    return thumbs
