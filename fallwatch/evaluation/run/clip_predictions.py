"""Predictions of the pose model and the classifier for every analysed frame of a clip.

They are all that the judge needs of a clip, so it can be judged again without its images. The
classifier is asked only what the judge asks; the answers are kept apart from the poses.
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
FORMAT = 3

#: Errors of reading a file that is damaged.
_DAMAGED = (ValueError, KeyError, IndexError, EOFError, zipfile.BadZipFile, zlib.error)


@dataclass(frozen=True, slots=True, eq=False)
class FramePredictions:
    """The predictions for one analysed frame.

    Attributes:
        index: Number of the frame in the clip, from 0.
        timestamp_s: Time in the clip, seconds.
        size_px: Width and height.
        poses: The people the pose model found, in its order.
        p_falls: Probability of the class *fallen*, 0 to 1, of each box the judge asked about.
    """

    index: int
    timestamp_s: float
    size_px: tuple[int, int]
    poses: tuple[Pose, ...]
    p_falls: dict[Box, float] = field(default_factory=dict)


@dataclass(slots=True, eq=False)
class ClipPredictions:
    """The predictions for a whole clip.

    Poses and the classifier's answers are kept in two files, for poses take most of the time and
    do not depend on the classifier: another one needs no new poses.

    Attributes:
        fps: Frames per second of the file.
        duration_s: Length in seconds, up to the end of the last frame.
        frames: One for each analysed frame, in order.
    """

    fps: float = 0.0
    duration_s: float = 0.0
    frames: list[FramePredictions] = field(default_factory=list)

    def save_poses(self, path: Path) -> None:
        """Write the poses to a file.

        Raises:
            OSError: It cannot be written.
        """
        header = {"format": FORMAT, "fps": self.fps, "duration_s": self.duration_s}
        frames = self.frames
        rows = [(row, pose) for row, frame in enumerate(frames) for pose in frame.poses]
        _save(
            path,
            header=np.array(json.dumps(header)),
            index=np.array([frame.index for frame in frames], dtype=np.int64),
            timestamp_s=np.array([frame.timestamp_s for frame in frames], dtype=np.float64),
            size_px=np.array([frame.size_px for frame in frames], dtype=np.int64).reshape(-1, 2),
            row=np.array([row for row, _ in rows], dtype=np.int64),
            body=np.array([_landmarks(pose) for _, pose in rows], dtype=np.float32).reshape(
                -1, 33, 3
            ),
            in_focus=np.array([pose.in_focus for _, pose in rows], dtype=np.bool_),
        )

    @classmethod
    def load_poses(cls, path: Path) -> ClipPredictions | None:
        """Read the poses; None if there is no such file, or it is damaged or of another version."""
        arrays = _load(path)
        try:
            return None if arrays is None else cls._from_arrays(arrays)
        except _DAMAGED:
            return None

    @property
    def answers(self) -> int:
        """How often the classifier was asked."""
        return sum(len(frame.p_falls) for frame in self.frames)

    def save_answers(self, path: Path) -> None:
        """Write the classifier's answers to a file.

        Raises:
            OSError: It cannot be written.
        """
        rows = [
            (frame.index, *_corners(box), p_fall)
            for frame in self.frames
            for box, p_fall in frame.p_falls.items()
        ]
        _save(path, answers=np.array(rows, dtype=np.float64).reshape(-1, 6))

    def load_answers(self, path: Path) -> None:
        """Take in the classifier's answers, if there is such a file and it is whole."""
        arrays = _load(path)
        if arrays is None or arrays.get("answers") is None or arrays["answers"].ndim != 2:
            return
        frames = {frame.index: frame for frame in self.frames}
        for index, *corners, p_fall in arrays["answers"].tolist():
            if index in frames:
                frames[index].p_falls[Box(*corners)] = p_fall

    @classmethod
    def _from_arrays(cls, arrays: dict[str, NDArray[Any]]) -> ClipPredictions:
        header = json.loads(str(arrays["header"]))
        if header["format"] != FORMAT:
            raise ValueError(f"layout {header['format']} is not {FORMAT}")
        poses: list[list[Pose]] = [[] for _ in arrays["index"]]
        for row, body, in_focus in zip(
            arrays["row"], arrays["body"], arrays["in_focus"], strict=True
        ):
            points, visibility = np.ascontiguousarray(body[:, :2]), np.ascontiguousarray(body[:, 2])
            poses[row].append(Pose(points, visibility, bool(in_focus)))
        frames = [
            FramePredictions(int(index), float(at_s), (int(size[0]), int(size[1])), tuple(found))
            for index, at_s, size, found in zip(
                arrays["index"], arrays["timestamp_s"], arrays["size_px"], poses, strict=True
            )
        ]
        return cls(header["fps"], header["duration_s"], frames)


def _save(path: Path, **arrays: NDArray[Any]) -> None:
    """Write a file, so that at any time either the whole file is there or none."""
    handle, name = tempfile.mkstemp(dir=path.parent, prefix=".", suffix=".npz")
    temporary = Path(name)
    try:
        with os.fdopen(handle, "wb") as file:
            np.savez_compressed(file, allow_pickle=False, **arrays)
        temporary.replace(path)
    finally:
        temporary.unlink(missing_ok=True)


def _load(path: Path) -> dict[str, NDArray[Any]] | None:
    try:
        with path.open("rb") as file, np.load(file, allow_pickle=False) as arrays:
            return {name: arrays[name] for name in arrays.files}
    except (OSError, *_DAMAGED):
        return None


def _corners(box: Box) -> tuple[float, float, float, float]:
    return box.left_px, box.top_px, box.right_px, box.bottom_px


def _landmarks(pose: Pose) -> NDArray[np.float32]:
    """Position and visibility of each landmark, (33, 3)."""
    return np.column_stack([pose.landmarks_norm, pose.visibility])
