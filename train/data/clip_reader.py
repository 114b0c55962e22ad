"""Reader of Le2i-layout clips: frames around the annotated fall, cropped as the app does."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator
from pathlib import Path

import cv2
import numpy as np

from fallwatch.classifiers.preprocessing import InputSpec
from fallwatch.core.geometry import person_box
from fallwatch.core.protocols import PoseEstimator
from fallwatch.core.types import Frame, Image
from fallwatch.evaluation.clips.clip_files import clip_files
from fallwatch.evaluation.clips.le2i import AnnotationError, FallFrames, read_fall_frames
from fallwatch.evaluation.clips.names import shown
from train.classes import FALL, NOT_FALL
from train.data.labelled_image import LabelledImage, cut_all, thumbnail
from train.errors import TrainError

#: Frames per second that are taken: consecutive frames teach the same.
SAMPLES_PER_S = 2.0

#: Before the annotated fall, seconds that are neither: the body may be on its way down.
UNCLEAR_S = 0.5


def label_of_frame(number: int, fall: FallFrames | None, fps: float) -> int | None:
    """Class of the person in a frame; None while the fall is under way or about to begin.

    After the annotated end the person lies on the floor, which is Fall.

    Args:
        number: Of the frame, from 1.
        fall: The annotated fall; None where nobody falls.
        fps: Frames per second.
    """
    if fall is None:
        return NOT_FALL
    if number >= fall.last:
        return FALL
    return NOT_FALL if number < fall.first - UNCLEAR_S * fps else None


def is_clip_folder(folder: Path) -> bool:
    """Whether the folder holds rooms (or is one) with ``Videos/``."""
    return bool(_rooms(folder))


def read_clip_folder(
    folder: Path,
    spec: InputSpec,
    tell: Callable[[str], None] = lambda _: None,
    pose: PoseEstimator | None = None,
) -> Iterator[LabelledImage]:
    """Read the annotated clips of all rooms; clips without annotation are passed over.

    Args:
        folder: A set with rooms, or one room.
        spec: The network's input.
        tell: Takes sentences on what was passed over.
        pose: Finds the people; by default the app's own pose model.

    Raises:
        TrainError: A clip or annotation cannot be read.
    """
    estimator = pose or _app_pose()
    try:
        for room in _rooms(folder):
            for clip in clip_files(room / "Videos"):
                notes = _annotation(room, clip)
                if notes is None:
                    tell(f"{shown(folder.name)}: {shown(clip.name)} has no annotation, left out.")
                else:
                    yield from _read_clip(folder, clip, _read_notes(notes), spec, estimator)
    finally:
        if pose is None:
            estimator.close()


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


def _read_notes(path: Path) -> FallFrames | None:
    try:
        return read_fall_frames(path)
    except AnnotationError as error:
        advice = "Correct the file, or remove it to leave the clip out."
        raise TrainError(f"{error} {advice}") from error


def _read_clip(
    folder: Path, clip: Path, fall: FallFrames | None, spec: InputSpec, pose: PoseEstimator
) -> Iterator[LabelledImage]:
    name = shown(f"{folder.name}/{clip.relative_to(folder).as_posix()}")
    pose.reset()
    for number, fps, image in _sampled_frames(clip):
        frame = Frame(clip.stem, number - 1, (number - 1) / fps, image)
        bodies = pose.estimate(frame)
        label = label_of_frame(number, fall, fps)
        box = person_box(bodies[0], frame.width_px, frame.height_px) if bodies else None
        if label is None or box is None:
            continue
        crops, labels = cut_all(image, [(box, label)], spec)
        yield LabelledImage(
            name=f"{name}#{number}",
            data_set=shown(folder.name),
            part="",
            source=name,
            digest=hashlib.sha256(image.tobytes()).hexdigest(),
            thumb=thumbnail(image),
            crops=crops,
            labels=labels,
        )


def _sampled_frames(clip: Path) -> Iterator[tuple[int, float, Image]]:
    """Yield frame number from 1, frames per second, image."""
    capture = cv2.VideoCapture(str(clip))
    try:
        if not capture.isOpened():
            raise TrainError(f"{shown(clip)} cannot be read as a clip. Remove it or replace it.")
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
    # Imported here: sets of images need no pose.
    from fallwatch.paths import weights_dir
    from fallwatch.pose.blazepose import BlazePose

    return BlazePose(weights_dir(), max_people=1)
