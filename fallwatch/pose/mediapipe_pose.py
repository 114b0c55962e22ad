"""BlazePose through MediaPipe's Pose Landmarker, in VIDEO mode."""

from __future__ import annotations

import logging
import os
from pathlib import Path
from typing import Any

import numpy as np

from fallwatch.core.types import Frame, Pose

_log = logging.getLogger(__name__)


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

    def reset(self) -> None:
        """See `fallwatch.core.protocols.PoseEstimator.reset`."""
        self._reset_pending = True

    def close(self) -> None:
        """Free the model. Safe to call twice."""
        if self._landmarker is not None:
            self._landmarker.close()
            self._landmarker = None
        self._reset_pending = True

    def _recreate(self) -> None:
        self.close()
        mp = _mediapipe()
        vision = mp.tasks.vision
        options = vision.PoseLandmarkerOptions(
            base_options=mp.tasks.BaseOptions(model_asset_path=str(self._bundle)),
            running_mode=vision.RunningMode.VIDEO,
            num_poses=self._max_people,
        )
        self._landmarker = vision.PoseLandmarker.create_from_options(options)
        self._last_ms = -1
        self._reset_pending = False


def _mediapipe() -> Any:
    # Its C++ log writes a page of start-up remarks to standard error; errors still come through.
    os.environ.setdefault("GLOG_minloglevel", "2")
    import mediapipe

    return mediapipe


def _to_pose(body: Any) -> Pose:
    values = np.array([(p.x, p.y, p.visibility) for p in body], dtype=np.float32)
    return Pose(landmarks_norm=values[:, :2], visibility=values[:, 2])
