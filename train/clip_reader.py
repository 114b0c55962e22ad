"""Reads Le2i-layout clips: frames before and after the annotated fall, cropped as the app does."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import cv2
import numpy as np

from fallwatch.classifiers.preprocessing import InputSpec
from fallwatch.core.geometry import person_box
from fallwatch.core.protocols import PoseEstimator
from fallwatch.core.types import Frame, Image
from train.errors import TrainError
from train.pictures import FALL, NOT_FALL, Picture, cut_all, thumbnail

#: Pictures per second that are taken: consecutive frames teach the same.
SAMPLES_PER_S = 2.0

#: Around the annotated fall, seconds that are neither: the body is on its way down.
UNCLEAR_S = 0.5

_CLIP_SUFFIXES = {".avi", ".mp4", ".mov", ".mkv"}


@dataclass(frozen=True, slots=True)
class FallSpan:
    """The annotated fall in frame numbers from 1; 0, 0 where nobody falls."""

    start: int
    end: int

    def label(self, frame_number: int, fps: float) -> int | None:
        """Class of the person in a frame; None while the fall is under way or just before it.

        After the annotated end the person lies on the floor, which is Fall.
        """
        if self.end == 0:
            return NOT_FALL
        if frame_number >= self.end:
            return FALL
        return NOT_FALL if frame_number < self.start - UNCLEAR_S * fps else None


def is_clip_folder(folder: Path) -> bool:
    """Whether the folder holds rooms (or is one) with ``Videos/``."""
    return bool(_rooms(folder))


def read_clip_folder(
    folder: Path, spec: InputSpec, pose: PoseEstimator | None = None
) -> Iterator[Picture]:
    """Read the annotated clips of all rooms; clips without annotation are passed over.

    Args:
        folder: A set with rooms, or one room.
        spec: The network's input.
        pose: Finds the people; by default the app's own pose model.

    Raises:
        TrainError: A clip or annotation cannot be read.
    """
    estimator = pose or _app_pose()
    try:
        for room in _rooms(folder):
            for clip in sorted((room / "Videos").iterdir()):
                notes = _annotation(room, clip)
                if clip.suffix.lower() in _CLIP_SUFFIXES and notes is not None:
                    yield from _read_clip(folder, clip, read_fall_span(notes), spec, estimator)
    finally:
        if pose is None:
            estimator.close()


def read_fall_span(path: Path) -> FallSpan:
    """Read the first two lines of a Le2i annotation.

    Files that begin with box lines at once (``frame,id,x1,y1,x2,y2``) have no fall.

    Raises:
        TrainError: The lines are neither.
    """
    lines = path.read_text("utf-8", errors="replace").split("\n")[:2]
    if "," in lines[0]:
        return FallSpan(0, 0)
    try:
        return FallSpan(int(lines[0]), int(lines[1]))
    except (ValueError, IndexError) as error:
        raise TrainError(
            f"{path} does not begin with the fall's first and last frame, one number a line. "
            f"Correct it, or remove it to leave the clip out."
        ) from error


def _rooms(folder: Path) -> list[Path]:
    if (folder / "Videos").is_dir():
        return [folder]
    return sorted(path.parent for path in folder.glob("*/Videos") if path.is_dir())


def _annotation(room: Path, clip: Path) -> Path | None:
    # Le2i itself spells the folder both ways.
    for name in ("Annotation_files", "Annotations_files"):
        path = room / name / f"{clip.stem}.txt"
        if path.is_file():
            return path
    return None


def _read_clip(
    folder: Path, clip: Path, span: FallSpan, spec: InputSpec, pose: PoseEstimator
) -> Iterator[Picture]:
    name = f"{folder.name}/{clip.relative_to(folder).as_posix()}"
    pose.reset()
    for number, fps, image in _sampled_frames(clip):
        frame = Frame(clip.stem, number - 1, (number - 1) / fps, image)
        bodies = pose.estimate(frame)
        label = span.label(number, fps)
        box = person_box(bodies[0], frame.width_px, frame.height_px) if bodies else None
        if label is None or box is None:
            continue
        crops, labels = cut_all(image, [(box, label)], spec)
        yield Picture(
            name=f"{name}#{number}",
            data_set=folder.name,
            part="",
            source=name,
            digest=hashlib.sha256(image.tobytes()).hexdigest(),
            thumb=thumbnail(image),
            crops=crops,
            labels=labels,
        )


def _sampled_frames(clip: Path) -> Iterator[tuple[int, float, Image]]:
    """Yield frame number from 1, frames per second, picture."""
    capture = cv2.VideoCapture(str(clip))
    try:
        if not capture.isOpened():
            raise TrainError(f"{clip} cannot be read as a clip. Remove it or replace it.")
        fps = capture.get(cv2.CAP_PROP_FPS) or 25.0
        step = max(round(fps / SAMPLES_PER_S), 1)
        number = 0
        while capture.grab():
            number += 1
            if number % step == 0:
                ok, image = capture.retrieve()
                if ok:
                    yield number, fps, np.asarray(image, dtype=np.uint8)
    finally:
        capture.release()


def _app_pose() -> PoseEstimator:
    # Imported here: mediapipe takes seconds, and picture sets need no pose.
    from fallwatch.paths import cache_dir, weights_dir
    from fallwatch.pose.bundle import find_bundle
    from fallwatch.pose.mediapipe_pose import MediaPipePose

    return MediaPipePose(find_bundle(weights_dir(), cache_dir()), max_people=1)
