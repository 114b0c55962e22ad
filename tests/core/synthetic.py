"""A stick figure that stands, walks, sits down or falls, as poses over time.

It moves in an image of 640x480 with the floor at y = 400 px and is 200 px tall.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np

from fallwatch.core.protocols import PoseEstimator
from fallwatch.core.types import Frame, PersonCrop, Pose, Prediction

WIDTH_PX, HEIGHT_PX, FLOOR_PX, TALL_PX = 640, 480, 400.0, 200.0

#: Height over the feet and sideways offset of BlazePose's points, for a person of height 1.
_STANDING = {
    **{i: (0.02 * (i - 4) / 4, 0.92) for i in range(11)},
    11: (0.12, 0.80), 12: (-0.12, 0.80), 13: (0.15, 0.62), 14: (-0.15, 0.62),
    15: (0.15, 0.46), 16: (-0.15, 0.46), 17: (0.15, 0.43), 18: (-0.15, 0.43),
    19: (0.15, 0.42), 20: (-0.15, 0.42), 21: (0.14, 0.44), 22: (-0.14, 0.44),
    23: (0.08, 0.50), 24: (-0.08, 0.50), 25: (0.08, 0.27), 26: (-0.08, 0.27),
    27: (0.08, 0.04), 28: (-0.08, 0.04), 29: (0.08, 0.01), 30: (-0.08, 0.01),
    31: (0.10, 0.00), 32: (-0.10, 0.00),
}  # fmt: skip
_OFFSETS = np.array([_STANDING[i] for i in range(33)], dtype=np.float64)


def figure(
    x_px: float,
    tilt_deg: float = 0.0,
    sink: float = 0.0,
    tall_px: float = TALL_PX,
    squash: float = 0.0,
) -> Pose:
    """One pose.

    Args:
        x_px: Where the feet stand.
        tilt_deg: The whole body tipped over the feet: 0 standing, 90 lying.
        sink: Hips and all above them lowered by this part of the height, knees bent.
        tall_px: Body height.
        squash: All heights made smaller by this part: what is left of somebody on hands and knees,
            head towards the camera.
    """
    side, up = _OFFSETS[:, 0].copy(), _OFFSETS[:, 1].copy()
    above_knee = up > 0.28
    up[above_knee] -= sink
    up *= 1.0 - squash
    tilt = np.radians(tilt_deg)
    x = x_px + tall_px * (side * np.cos(tilt) + up * np.sin(tilt))
    y = FLOOR_PX - tall_px * (up * np.cos(tilt) - np.minimum(side, 0) * np.sin(tilt) * 0.2)
    points = np.stack([x / WIDTH_PX, y / HEIGHT_PX], axis=1).astype(np.float32)
    return Pose(landmarks_norm=points, visibility=np.ones(33, dtype=np.float32))


Scene = Callable[[float], Sequence[Pose]]


def standing(t: float) -> list[Pose]:
    """Stands still, always."""
    return [figure(300)]


def walking(t: float) -> list[Pose]:
    """Walks to and fro."""
    return [figure(200 + 100 * abs((t / 4) % 2 - 1))]


def falling_at(
    start_s: float,
    duration_s: float = 0.7,
    up_again_s: float | None = None,
    shorter: float = 0.0,
) -> Scene:
    """Stands, tips over within ``duration_s`` and lies; may rise again slowly.

    Seen at an angle the body looks this part ``shorter``, lying.
    """

    def scene(t: float) -> list[Pose]:
        part = min(max((t - start_s) / duration_s, 0.0), 1.0)
        if up_again_s is not None:
            part = min(part, 1.0 - min(max((t - up_again_s) / 2.0, 0.0), 1.0))
        tall_px = TALL_PX * (1.0 - shorter * part**2)
        return [figure(300, tilt_deg=90 * part**2, tall_px=tall_px)]

    return scene


def sitting_down_at(start_s: float, duration_s: float = 1.0) -> Scene:
    """Stands, then lowers the upper body by a quarter of its height and leans a little."""

    def scene(t: float) -> list[Pose]:
        part = min(max((t - start_s) / duration_s, 0.0), 1.0)
        return [figure(300, tilt_deg=8 * part, sink=0.25 * part)]

    return scene


def _part(t: float, start_s: float, duration_s: float) -> float:
    return min(max((t - start_s) / duration_s, 0.0), 1.0)


def sitting_on_floor_then_lying(sit_at_s: float, lie_at_s: float) -> Scene:
    """Stands, sits down on the floor within 1.5 s, and lies down later within 2 s."""

    def scene(t: float) -> list[Pose]:
        sits, lies = _part(t, sit_at_s, 1.5), _part(t, lie_at_s, 2.0)
        return [figure(300, tilt_deg=90 * lies, sink=0.31 * sits * (1 - lies))]

    return scene


def on_hands_and_knees_at(
    start_s: float, up_again_s: float | None = None, sway_px: float = 30.0
) -> Scene:
    """Stands, goes down towards the camera within 0.8 s and sways there; may rise within 1 s."""

    def scene(t: float) -> list[Pose]:
        down = _part(t, start_s, 0.8)
        if up_again_s is not None:
            down *= 1.0 - _part(t, up_again_s, 1.0)
        return [figure(300 + sway_px * down * np.sin(5 * t), squash=0.67 * down)]

    return scene


def sinking_out_of_sight_at(start_s: float) -> Scene:
    """Stands, falls towards the camera within 0.7 s, and lies there without moving.

    Seen from before and above the head comes down little, and the body looks short.
    """

    def scene(t: float) -> list[Pose]:
        return [figure(300, squash=0.55 * _part(t, start_s, 0.7))]

    return scene


def squatting_at_work_then_lying(squat_at_s: float, lie_at_s: float) -> Scene:
    """Stands, squats down within 1 s, reaches to and fro there, and lies down within 1.5 s."""

    def scene(t: float) -> list[Pose]:
        down, lies = _part(t, squat_at_s, 1.0), _part(t, lie_at_s, 1.5)
        reach_px = 30.0 * down * (1.0 - lies) * np.sin(5 * t)
        squash = 0.55 * down * (1.0 - lies)
        return [figure(300 + reach_px, tilt_deg=90 * lies, squash=squash)]

    return scene


class ScenePose:
    """A pose estimator that reads the scene instead of the image."""

    def __init__(self, scene: Scene) -> None:
        self.scene = scene
        self.closed = False

    def estimate(self, frame: Frame) -> list[Pose]:
        return list(self.scene(frame.timestamp_s))

    def take_over(self, earlier: PoseEstimator) -> None:
        self.earlier = earlier

    def reset(self) -> None:
        pass

    def close(self) -> None:
        self.closed = True


class FlatIsFallen:
    """Takes whoever is wider than high for fallen."""

    variant = "flat"

    def classify(self, crops: Sequence[PersonCrop]) -> list[Prediction]:
        flat = [crop.box_px.width_px > crop.box_px.height_px for crop in crops]
        return [Prediction(0.95 if each else 0.05) for each in flat]


class FixedClassifier:
    """Says the same of every crop."""

    variant = "fixed"

    def __init__(self, p_fall: float) -> None:
        self.p_fall = p_fall
        self.seen = 0

    def classify(self, crops: Sequence[object]) -> list[Prediction]:
        self.seen += len(crops)
        return [Prediction(self.p_fall) for _ in crops]
