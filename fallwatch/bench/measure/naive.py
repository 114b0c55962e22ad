"""Baseline of the benchmark: the naive way to watch a camera, kept here and nowhere else.

One loop, every frame in order from an unbounded queue: MediaPipe's pose, a crop, the classifier, a
threshold. This is how the first version of this program, and most like it, are written.
"""

from __future__ import annotations

import os
import queue
import threading
import time
from pathlib import Path
from typing import Any

from fallwatch.bench.measure.camera import LoopCamera
from fallwatch.bench.measure.eager import eager_network
from fallwatch.bench.measure.footage import Scene, decode_jpeg
from fallwatch.classifiers.manifest import load_manifest
from fallwatch.classifiers.openvino_classifier import fall_probability
from fallwatch.classifiers.preprocessing import cut_crop, to_input
from fallwatch.core.geometry import person_box
from fallwatch.core.protocols import SourceError
from fallwatch.core.types import Image, Pose

_THRESHOLD = 0.5


class NaiveJudge:
    """Pose, crop, classify, compare: for every frame, with the libraries' own defaults."""

    def __init__(self, weights_dir: Path, variant: str) -> None:
        os.environ.setdefault("GLOG_minloglevel", "2")
        import mediapipe

        self._pose: Any = mediapipe.solutions.pose.Pose()
        self._network, self.runtime = eager_network(weights_dir, variant)
        self._spec = load_manifest(weights_dir, variant).input.to_spec()

    def is_fall(self, image_bgr: Image) -> bool:
        """Whether somebody falls in this image."""
        import cv2
        import numpy as np

        found = self._pose.process(cv2.cvtColor(image_bgr, cv2.COLOR_BGR2RGB)).pose_landmarks
        if found is None:
            return False
        values = np.array([(p.x, p.y, p.visibility) for p in found.landmark], dtype=np.float32)
        height, width = image_bgr.shape[:2]
        box = person_box(Pose(values[:, :2], values[:, 2]), width, height)
        if box is None:
            return False
        crop = cut_crop(image_bgr, box, self._spec)
        logits = self._network(to_input([crop], self._spec))
        return bool(fall_probability(logits, 1.0)[0] > _THRESHOLD)

    def close(self) -> None:
        """Free the pose model."""
        self._pose.close()


class NaiveWatch:
    """One camera, watched the naive way: a thread that queues, a thread that judges.

    Args:
        judge: Used by this watch alone.
        camera: Opened by `start`.
    """

    def __init__(self, judge: NaiveJudge, camera: LoopCamera) -> None:
        self.latencies_s: list[float] = []
        self._judge, self._camera = judge, camera
        self._queue: queue.SimpleQueue[tuple[float, bytes] | None] = queue.SimpleQueue()
        self._stopping = threading.Event()
        self._threads = [
            threading.Thread(target=work, name=f"fallwatch-naive-{camera.name}")
            for work in (self._capture, self._loop)
        ]

    def start(self) -> None:
        """Open the camera and watch."""
        self._camera.open()
        for thread in self._threads:
            thread.start()

    def stop(self) -> None:
        """Stop both threads; the frames left in the queue are never judged."""
        self._stopping.set()
        self._camera.interrupt()
        for thread in self._threads:
            thread.join()

    def _capture(self) -> None:
        while not self._stopping.is_set():
            try:
                # Kept undecoded, which spares the queue most of its memory.
                self._queue.put(self._camera.next_jpeg())
            except SourceError:
                break
        self._queue.put(None)

    def _loop(self) -> None:
        while not self._stopping.is_set():
            item = self._queue.get()
            if item is None:
                return
            captured_unix_s, jpeg = item
            self._judge.is_fall(decode_jpeg(jpeg))
            self.latencies_s.append(time.time() - captured_unix_s)


def naive_watches(judges: list[NaiveJudge], scene: Scene, fps: float) -> list[NaiveWatch]:
    """One watch for each judge, their cameras at different frames of the clip."""
    return [
        NaiveWatch(judge, LoopCamera(f"room {n + 1}", scene.footage(n), fps, begin=n * 37))
        for n, judge in enumerate(judges)
    ]
