"""Predictions of the pose model and the classifier for every analysed frame of a clip.

They are all that the judge needs of a clip, so it can be judged again without its images.
"""

from __future__ import annotations

import json
import os
import tempfile
import zipfile
import zlib
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from fallwatch.core.types import Box, Pose

#: Version of the file's layout.
FORMAT = 2

#: Errors of reading a file that is damaged.
_DAMAGED = (ValueError, KeyError, IndexError, EOFError, zipfile.BadZipFile, zlib.error)


@dataclass(frozen=True, slots=True, eq=False)
class PersonPrediction:
    """One person found in a frame.

    Attributes:
        pose: The landmarks.
        p_fall: Probability of the class *fallen* for the person's crop, 0 to 1; None where the
            pose gives no box to crop.
    """

    pose: Pose
    p_fall: float | None


@dataclass(frozen=True, slots=True, eq=False)
class FramePredictions:
    """The predictions for one analysed frame.

    Attributes:
        index: Number of the frame in the clip, from 0.
        timestamp_s: Time in the clip, seconds.
        size_px: Width and height.
        people: The people the pose model found, in its order.
        second_looks: The results of second looks, by the region looked at; None: nobody there.
    """

    index: int
    timestamp_s: float
    size_px: tuple[int, int]
    people: tuple[PersonPrediction, ...]
    second_looks: dict[Box, PersonPrediction | None] = field(default_factory=dict)


@dataclass(slots=True, eq=False)
class ClipPredictions:
    """The predictions for a whole clip.

    Attributes:
        fps: Frames per second of the file.
        duration_s: Length in seconds, up to the end of the last frame.
        frames: One for each analysed frame, in order.
    """

    fps: float = 0.0
    duration_s: float = 0.0
    frames: list[FramePredictions] = field(default_factory=list)

    def save(self, path: Path) -> None:
        """Write a file, so that at any time either the whole file is there or none.

        Raises:
            OSError: It cannot be written.
        """
        handle, name = tempfile.mkstemp(dir=path.parent, prefix=".", suffix=".npz")
        temporary = Path(name)
        try:
            with os.fdopen(handle, "wb") as file:
                np.savez_compressed(file, allow_pickle=False, **self._to_arrays())
            temporary.replace(path)
        finally:
            temporary.unlink(missing_ok=True)

    @classmethod
    def load(cls, path: Path) -> ClipPredictions | None:
        """Read a file; None if there is none, or it is damaged or of another version."""
        try:
            with path.open("rb") as file, np.load(file, allow_pickle=False) as arrays:
                return cls._from_arrays({name: arrays[name] for name in arrays.files})
        except (OSError, *_DAMAGED):
            return None

    def _to_arrays(self) -> dict[str, NDArray[Any]]:
        header = {"format": FORMAT, "fps": self.fps, "duration_s": self.duration_s}
        frames = self.frames
        rows: list[tuple[int, PersonPrediction | None, Box | None]] = []
        for row, frame in enumerate(frames):
            rows += [(row, person, None) for person in frame.people]
            rows += [(row, person, region) for region, person in frame.second_looks.items()]
        nobody = np.full((33, 3), np.nan, dtype=np.float32)
        return {
            "header": np.array(json.dumps(header)),
            "index": np.array([frame.index for frame in frames], dtype=np.int64),
            "timestamp_s": np.array([frame.timestamp_s for frame in frames], dtype=np.float64),
            "size_px": np.array([frame.size_px for frame in frames], dtype=np.int64).reshape(-1, 2),
            "row": np.array([row for row, _, _ in rows], dtype=np.int64),
            "region_px": np.array(
                [_corners(region) for _, _, region in rows], dtype=np.float64
            ).reshape(-1, 4),
            "body": np.array(
                [nobody if p is None else _landmarks(p.pose) for _, p, _ in rows], dtype=np.float32
            ).reshape(-1, 33, 3),
            "in_focus": np.array(
                [p is None or p.pose.in_focus for _, p, _ in rows], dtype=np.bool_
            ),
            "p_fall": np.array(
                [np.nan if p is None or p.p_fall is None else p.p_fall for _, p, _ in rows],
                dtype=np.float64,
            ),
        }

    @classmethod
    def _from_arrays(cls, arrays: dict[str, NDArray[Any]]) -> ClipPredictions:
        header = json.loads(str(arrays["header"]))
        if header["format"] != FORMAT:
            raise ValueError(f"layout {header['format']} is not {FORMAT}")
        count = len(arrays["index"])
        people: list[list[PersonPrediction]] = [[] for _ in range(count)]
        second_looks: list[dict[Box, PersonPrediction | None]] = [{} for _ in range(count)]
        names = ("row", "region_px", "body", "in_focus", "p_fall")
        columns = (arrays[name] for name in names)
        for row, region, landmarks, in_focus, p_fall in zip(*columns, strict=True):
            person = _person(landmarks, bool(in_focus), float(p_fall))
            if not np.isnan(region[0]):
                second_looks[row][Box(*(float(value) for value in region))] = person
            elif person is not None:
                people[row].append(person)
        frames = [
            FramePredictions(
                int(index), float(at_s), (int(size[0]), int(size[1])), tuple(found), looks
            )
            for index, at_s, size, found, looks in zip(
                arrays["index"],
                arrays["timestamp_s"],
                arrays["size_px"],
                people,
                second_looks,
                strict=True,
            )
        ]
        return cls(header["fps"], header["duration_s"], frames)


def _corners(region: Box | None) -> tuple[float, float, float, float]:
    if region is None:
        return (np.nan,) * 4
    return region.left_px, region.top_px, region.right_px, region.bottom_px


def _landmarks(pose: Pose) -> NDArray[np.float32]:
    """Position and visibility of each landmark, (33, 3)."""
    return np.column_stack([pose.landmarks_norm, pose.visibility])


def _person(
    landmarks: NDArray[np.float32], in_focus: bool, p_fall: float
) -> PersonPrediction | None:
    if np.isnan(landmarks[0, 0]):
        return None
    pose = Pose(
        np.ascontiguousarray(landmarks[:, :2]), np.ascontiguousarray(landmarks[:, 2]), in_focus
    )
    return PersonPrediction(pose, None if np.isnan(p_fall) else p_fall)
