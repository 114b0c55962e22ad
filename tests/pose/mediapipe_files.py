"""MediaPipe's own networks, where mediapipe is installed."""

from __future__ import annotations

from importlib import util
from pathlib import Path

import pytest

_NETWORKS = (
    "modules/pose_detection/pose_detection.tflite",
    "modules/pose_landmark/pose_landmark_full.tflite",
)


def mediapipe_networks() -> tuple[Path, Path]:
    """Detector and landmarks as mediapipe's wheel has them; skips the test without."""
    # Found without importing it: that takes seconds and 100 MB.
    spec = util.find_spec("mediapipe")
    if spec is None or spec.origin is None:
        pytest.skip("mediapipe is not installed (see tests/tools/mediapipe_landmarks.py)")
    detector, landmarks = (Path(spec.origin).parent / name for name in _NETWORKS)
    return detector, landmarks
