"""BlazePose through MediaPipe's Pose Landmarker, in VIDEO mode."""

from __future__ import annotations

import logging
import os
from pathlib import Path
from typing import Any

import numpy as np

from fallwatch.core.features import TORSO
from fallwatch.core.types import Box, Frame, Image, Pose
from fallwatch.pose.patch import square_patch

_log = logging.getLogger(__name__)

#: A second look at furniture finds ghosts: a body must show this much of its torso.
_MIN_TORSO_VISIBILITY = 0.5


class MediaPipePose:
    """One Pose Landmarker with one owner thread.

    VIDEO mode follows a body from picture to picture and runs the detector only when it has lost
    one. It wants strictly increasing time stamps, and keeps failing after an error: then it is
    made anew.

    Args:
        bundle: The ``.task`` file.
        max_people: Bodies looked for in one picture. Below that number found, the detector runs on
            every picture, which doubles the cost.
    """

    def __init__(self, bundle: Path, max_people: int = 2) -> None:
        self._bundle = bundle
        self._max_people = max_people
        self._last_ms = -1
        self._landmarker: Any = None
        self._single: Any = None
        self._reset_pending = True

    def estimate(self, frame: Frame) -> list[Pose]:
        """See `fallwatch.core.protocols.PoseEstimator.estimate`."""
        import cv2

        mp = _mediapipe()
        if self._reset_pending:
            self._recreate()
        # Two frames less than a millisecond apart still need different stamps.
        stamp_ms = max(round(frame.timestamp_s * 1000), self._last_ms + 1)
        self._last_ms = stamp_ms
        rgb = cv2.cvtColor(frame.image_bgr, cv2.COLOR_BGR2RGB)
        picture = mp.Image(image_format=mp.ImageFormat.SRGB, data=rgb)
        try:
            result = self._landmarker.detect_for_video(picture, stamp_ms)
        except (RuntimeError, ValueError):
            _log.exception("The pose model failed on %s; it is made anew.", frame.camera)
            self._reset_pending = True
            return []
        return [_to_pose(body) for body in result.pose_landmarks]

    def look_again(self, frame: Frame, region: Box) -> Pose | None:
        """See `fallwatch.core.protocols.PoseEstimator.look_again`.

        The region is looked at as it is and turned a quarter to either side: to BlazePose, which
        knows upright people, somebody lying is then upright.
        """
        import cv2

        square = square_patch(frame.image_bgr, region)
        for quarters in (0, 1, 3):
            turned = np.rot90(cv2.cvtColor(square.image_bgr, cv2.COLOR_BGR2RGB), quarters)
            body = self._find_one(np.ascontiguousarray(turned))
            if body is not None and _torso_visibility(body) >= _MIN_TORSO_VISIBILITY:
                return square.to_frame(body, quarters, frame.width_px, frame.height_px)
        return None

    def _find_one(self, rgb: Image) -> Pose | None:
        mp = _mediapipe()
        if self._single is None:
            self._single = self._create(mp.tasks.vision.RunningMode.IMAGE, people=1)
        try:
            result = self._single.detect(mp.Image(image_format=mp.ImageFormat.SRGB, data=rgb))
        except (RuntimeError, ValueError):
            _log.exception("The second look failed; its model is made anew.")
            self._single = None
            return None
        return _to_pose(result.pose_landmarks[0]) if result.pose_landmarks else None

    def reset(self) -> None:
        """See `fallwatch.core.protocols.PoseEstimator.reset`."""
        self._reset_pending = True

    def close(self) -> None:
        """Free the models. Safe to call twice."""
        for landmarker in (self._landmarker, self._single):
            if landmarker is not None:
                landmarker.close()
        self._landmarker = self._single = None
        self._reset_pending = True

    def _recreate(self) -> None:
        if self._landmarker is not None:
            self._landmarker.close()
            self._landmarker = None
        mode = _mediapipe().tasks.vision.RunningMode.VIDEO
        self._landmarker = self._create(mode, self._max_people)
        self._last_ms = -1
        self._reset_pending = False

    def _create(self, mode: Any, people: int) -> Any:
        mp = _mediapipe()
        options = mp.tasks.vision.PoseLandmarkerOptions(
            base_options=mp.tasks.BaseOptions(model_asset_path=str(self._bundle)),
            running_mode=mode,
            num_poses=people,
        )
        return mp.tasks.vision.PoseLandmarker.create_from_options(options)


def _mediapipe() -> Any:
    # Its C++ log writes a page of start-up remarks to standard error; errors still come through.
    os.environ.setdefault("GLOG_minloglevel", "2")
    import mediapipe

    return mediapipe


def _to_pose(body: Any) -> Pose:
    values = np.array([(p.x, p.y, p.visibility) for p in body], dtype=np.float32)
    return Pose(landmarks_norm=values[:, :2], visibility=values[:, 2])


def _torso_visibility(pose: Pose) -> float:
    return float(pose.visibility[[0, *TORSO]].mean())
