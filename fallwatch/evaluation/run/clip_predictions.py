"""What the models said about a clip, picture by picture: all that the judge needs of it."""

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

#: What reading a file that is not what it should be ends in.
_DAMAGED = (ValueError, KeyError, IndexError, EOFError, zipfile.BadZipFile, zlib.error)


@dataclass(frozen=True, slots=True, eq=False)
class Sighting:
    """One body found in a picture.

    Attributes:
        pose: Its landmarks.
        p_fall: What the classifier said of its crop; None where the body has no box.
    """

    pose: Pose
    p_fall: float | None


@dataclass(frozen=True, slots=True, eq=False)
class Moment:
    """One analysed picture.

    Attributes:
        index: Number of the picture in the clip.
        timestamp_s: Time in the clip.
        size_px: Width and height.
        seen: The bodies the pose model found, in its order.
        looks: Answers to second looks, by the region looked at; None: nobody there.
    """

    index: int
    timestamp_s: float
    size_px: tuple[int, int]
    seen: tuple[Sighting, ...]
    looks: dict[Box, Sighting | None] = field(default_factory=dict)


@dataclass(slots=True, eq=False)
class Memory:
    """One clip as the models saw it.

    Attributes:
        fps: Pictures per second of the file.
        duration_s: Length, up to the end of the last picture.
        moments: The analysed pictures, in order.
    """

    fps: float = 0.0
    duration_s: float = 0.0
    moments: list[Moment] = field(default_factory=list)

    def save(self, path: Path) -> None:
        """Write it, so that at any moment either the whole file is there or none.

        Raises:
            OSError: It cannot be written.
        """
        handle, name = tempfile.mkstemp(dir=path.parent, prefix=".", suffix=".npz")
        temporary = Path(name)
        try:
            with os.fdopen(handle, "wb") as file:
                np.savez_compressed(file, **self._to_arrays())
            temporary.replace(path)
        finally:
            temporary.unlink(missing_ok=True)

    @classmethod
    def load(cls, path: Path) -> Memory | None:
        """Read it back; None if there is no such file, or it is damaged or of another version."""
        try:
            with path.open("rb") as file, np.load(file, allow_pickle=False) as arrays:
                return cls._from_arrays({name: arrays[name] for name in arrays.files})
        except (OSError, *_DAMAGED):
            return None

    def _to_arrays(self) -> dict[str, NDArray[Any]]:
        header = {"format": FORMAT, "fps": self.fps, "duration_s": self.duration_s}
        rows: list[tuple[int, Sighting | None, Box | None]] = []
        for row, moment in enumerate(self.moments):
            rows += [(row, sighting, None) for sighting in moment.seen]
            rows += [(row, sighting, region) for region, sighting in moment.looks.items()]
        nowhere = np.full((33, 3), np.nan, dtype=np.float32)
        return {
            "header": np.array(json.dumps(header)),
            "index": np.array([m.index for m in self.moments], dtype=np.int64),
            "timestamp_s": np.array([m.timestamp_s for m in self.moments], dtype=np.float64),
            "size_px": np.array([m.size_px for m in self.moments], dtype=np.int64).reshape(-1, 2),
            "row": np.array([row for row, _, _ in rows], dtype=np.int64),
            "region_px": np.array(
                [_corners(region) for _, _, region in rows], dtype=np.float64
            ).reshape(-1, 4),
            "body": np.array(
                [nowhere if s is None else _body(s.pose) for _, s, _ in rows], dtype=np.float32
            ).reshape(-1, 33, 3),
            "in_focus": np.array(
                [s is None or s.pose.in_focus for _, s, _ in rows], dtype=np.bool_
            ),
            "p_fall": np.array(
                [np.nan if s is None or s.p_fall is None else s.p_fall for _, s, _ in rows],
                dtype=np.float64,
            ),
        }

    @classmethod
    def _from_arrays(cls, arrays: dict[str, NDArray[Any]]) -> Memory:
        header = json.loads(str(arrays["header"]))
        if header["format"] != FORMAT:
            raise ValueError(f"layout {header['format']} is not {FORMAT}")
        count = len(arrays["index"])
        seen: list[list[Sighting]] = [[] for _ in range(count)]
        looks: list[dict[Box, Sighting | None]] = [{} for _ in range(count)]
        names = ("row", "region_px", "body", "in_focus", "p_fall")
        columns = (arrays[name] for name in names)
        for row, region, body, in_focus, p_fall in zip(*columns, strict=True):
            sighting = _sighting(body, bool(in_focus), float(p_fall))
            if not np.isnan(region[0]):
                looks[row][Box(*(float(value) for value in region))] = sighting
            elif sighting is not None:
                seen[row].append(sighting)
        moments = [
            Moment(int(index), float(at_s), (int(size[0]), int(size[1])), tuple(bodies), second)
            for index, at_s, size, bodies, second in zip(
                arrays["index"], arrays["timestamp_s"], arrays["size_px"], seen, looks, strict=True
            )
        ]
        return cls(header["fps"], header["duration_s"], moments)


def _corners(region: Box | None) -> tuple[float, float, float, float]:
    if region is None:
        return (np.nan,) * 4
    return region.left_px, region.top_px, region.right_px, region.bottom_px


def _body(pose: Pose) -> NDArray[np.float32]:
    return np.column_stack([pose.landmarks_norm, pose.visibility])


def _sighting(body: NDArray[np.float32], in_focus: bool, p_fall: float) -> Sighting | None:
    if np.isnan(body[0, 0]):
        return None
    pose = Pose(np.ascontiguousarray(body[:, :2]), np.ascontiguousarray(body[:, 2]), in_focus)
    return Sighting(pose, None if np.isnan(p_fall) else p_fall)
