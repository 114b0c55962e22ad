"""MediaPipe's landmarks of the demo clip: ``python -m tests.tools.mediapipe_landmarks``.

They stand in ``tests/pose/mediapipe_landmarks.json``, so that the test which compares ours with
them needs no MediaPipe. To make them anew, install it (it asks for older libraries than fallwatch
uses, but runs with these)::

    pip install --no-deps mediapipe==0.10.21 absl-py attrs "protobuf<5"
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import cv2

from tests.pose.clip_frames import clip_frames
from tests.repository import REPOSITORY

LANDMARKS_FILE = REPOSITORY / "tests" / "pose" / "mediapipe_landmarks.json"

#: Frames of the demo clip: standing, falling and lying.
FRAMES = (20, 30, 40, 50, 60, 70)


def main() -> None:
    """Write the file."""
    write_landmarks(LANDMARKS_FILE)


def write_landmarks(path: Path) -> None:
    """Write what MediaPipe finds: for each frame 33 landmarks, each x, y and visibility."""
    import mediapipe

    found: dict[int, list[list[float]]] = {}
    with mediapipe.solutions.pose.Pose(static_image_mode=True) as pose:
        for number in FRAMES:
            (frame,) = clip_frames(number, 1)
            answer: Any = pose.process(cv2.cvtColor(frame.image_bgr, cv2.COLOR_BGR2RGB))
            found[number] = [
                [round(value, 6) for value in (p.x, p.y, p.visibility)]
                for p in answer.pose_landmarks.landmark
            ]
    document = {"mediapipe": mediapipe.__version__, "clip": "demo_fall.mp4", "frames": found}
    path.write_text(json.dumps(document) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
