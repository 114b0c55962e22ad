"""BlazePose on the bundled clip: finds, follows, looks for the lost; says what MediaPipe says."""

from __future__ import annotations

import json
import subprocess
import sys
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from fallwatch import paths
from fallwatch.core.types import Frame, Image
from fallwatch.pose.blazepose import BlazePose
from fallwatch.pose.followed import NEWCOMER_SCORE
from fallwatch.pose.region import Region
from fallwatch.pose.second_eye import SecondEye
from tests.pose.clip_frames import clip_frames
from tests.pose.mediapipe_files import mediapipe_networks
from tests.tools.mediapipe_landmarks import FRAMES, LANDMARKS_FILE


@pytest.fixture
def pose() -> BlazePose:
    return BlazePose(paths.weights_dir(), max_people=2)


def beside(left: Image, right: Image) -> Image:
    return np.ascontiguousarray(np.concatenate([left, right], axis=1))


class CountingDetector:
    """Counts how often the detector is asked."""

    def __init__(self, pose: BlazePose) -> None:
        self.asked = 0
        self._find = pose._detector.find
        pose._detector.find = self.find  # type: ignore[method-assign]

    def find(self, *arguments: Any, **options: Any) -> Any:
        self.asked += 1
        return self._find(*arguments, **options)


def test_a_standing_person_is_found_with_the_head_above_the_feet(pose: BlazePose) -> None:
    for frame in clip_frames(30, 3):
        found = pose.estimate(frame)
    assert len(found) == 1
    points = found[0].landmarks_norm
    assert points[0, 1] < points[23, 1] < points[27, 1]


STORED = json.loads(LANDMARKS_FILE.read_text(encoding="utf-8"))["frames"]


@pytest.mark.parametrize("number", FRAMES)
def test_landmarks_are_those_of_mediapipe_itself(pose: BlazePose, number: int) -> None:
    """Within a pixel of the network's input, 256 pixels wide: what python -m tests.tools stored."""
    (frame,) = clip_frames(number, 1)
    theirs = np.array(STORED[str(number)])
    assert theirs.shape == (33, 3)
    (ours,) = pose.estimate(frame)
    size = np.array([frame.width_px, frame.height_px])
    apart_px = np.linalg.norm((ours.landmarks_norm - theirs[:, :2]) * size, axis=1)
    apart = apart_px * 256 / pose._followed[0].region.side_px
    assert float(np.quantile(apart, 0.9)) < 1.0
    assert float(apart.max()) < 2.0
    assert float(np.abs(ours.visibility - theirs[:, 2]).max()) < 0.1


def test_mediapipe_finds_the_stored_landmarks(tmp_path: Path) -> None:
    mediapipe_networks()  # Skips where it is not installed.
    path = tmp_path / "landmarks.json"
    # Run apart: the program never has mediapipe's own libraries in its process beside OpenVINO's.
    make = f"from tests.tools.mediapipe_landmarks import *; write_landmarks(Path({str(path)!r}))"
    subprocess.run([sys.executable, "-c", make], check=True, capture_output=True, timeout=120)
    made = json.loads(path.read_text(encoding="utf-8"))["frames"]
    for number in FRAMES:
        np.testing.assert_allclose(made[str(number)], STORED[str(number)], atol=0.005)


def test_somebody_who_is_followed_spares_the_detector(pose: BlazePose) -> None:
    detector = CountingDetector(pose)
    for frame in clip_frames(30, 15):
        assert len(pose.estimate(frame)) == 1
    # One second at 15 frames: at the first, and half a second later.
    assert detector.asked == 2


def test_while_nobody_is_seen_every_frame_is_searched(pose: BlazePose) -> None:
    detector = CountingDetector(pose)
    grey = np.full((240, 320, 3), 90, np.uint8)
    for number in range(4):
        assert pose.estimate(Frame("grey", number, number / 15, grey)) == []
    assert detector.asked == 4


def test_somebody_lost_is_searched_for_in_the_same_frame(pose: BlazePose) -> None:
    first, second = clip_frames(30, 2)
    assert len(pose.estimate(first)) == 1
    grey = np.full_like(second.image_bgr, 90)
    detector = CountingDetector(pose)
    moved = beside(grey, second.image_bgr)
    assert len(pose.estimate(Frame("clip", 31, second.timestamp_s, moved))) == 1
    assert detector.asked == 1


def test_a_newcomer_is_seen_within_half_a_second_and_each_body_once(pose: BlazePose) -> None:
    frames = clip_frames(30, 12)
    alone = frames[0].image_bgr
    assert len(pose.estimate(Frame("room", 0, 0.0, beside(alone, np.full_like(alone, 90))))) == 1
    for number, frame in enumerate(frames[1:], start=1):
        both = beside(frame.image_bgr, frame.image_bgr)
        found = pose.estimate(Frame("room", number, number / 15, both))
        if number / 15 >= 0.5:
            assert len(found) == 2
    left, right = sorted(float(body.landmarks_norm[:, 0].mean()) for body in found)
    assert right - left == pytest.approx(0.5, abs=0.03)


def test_no_more_people_are_followed_than_asked_for() -> None:
    one = BlazePose(paths.weights_dir(), max_people=1)
    counts = []
    for number, frame in enumerate(clip_frames(30, 12)):
        both = beside(frame.image_bgr, frame.image_bgr)
        counts.append(len(one.estimate(Frame("room", number, number / 15, both))))
    assert max(counts) == 1


def blinded(pose: BlazePose, monkeypatch: pytest.MonkeyPatch) -> list[tuple[Region, float]]:
    """From now on BlazePose sees nobody, as with many who lie; the second eye's looks are noted."""
    monkeypatch.setattr(pose._detector, "find", lambda *_, **__: [])
    monkeypatch.setattr(pose._landmarks, "find", lambda *_, **__: None)
    looks: list[tuple[Region, float]] = []
    find = pose._eye.find

    def noted(image: Image, where: Region, min_score: float, **options: Any) -> Any:
        looks.append((where, min_score))
        return find(image, where, min_score, **options)

    monkeypatch.setattr(pose._eye, "find", noted)
    return looks


def followed_to(pose: BlazePose, last: int) -> Frame:
    """The demo's person followed up to a frame."""
    for frame in clip_frames(last - 15, 15):
        found = pose.estimate(frame)
    assert len(found) == 1
    return frame


def later(frame: Frame, seconds: float) -> Frame:
    return replace(frame, timestamp_s=frame.timestamp_s + seconds)


def test_who_is_lost_lying_is_found_by_the_second_eye(
    pose: BlazePose, monkeypatch: pytest.MonkeyPatch
) -> None:
    lying = followed_to(pose, 75)
    (before,) = pose.estimate(later(lying, 0.01))
    blinded(pose, monkeypatch)
    (found,) = pose.estimate(later(lying, 1.0))
    apart = np.abs(found.landmarks_norm[[11, 12, 23, 24]] - before.landmarks_norm[[11, 12, 23, 24]])
    assert float(apart.max()) < 0.1


def test_who_is_lost_lying_is_looked_for_often_then_seldom_and_not_for_ever(
    pose: BlazePose, monkeypatch: pytest.MonkeyPatch
) -> None:
    lying = followed_to(pose, 75)
    looks = blinded(pose, monkeypatch)
    monkeypatch.setattr(SecondEye, "find", lambda *_, **__: [])
    near = lying.width_px * 0.9
    empty = replace(lying, image_bgr=np.full_like(lying.image_bgr, 90))

    def looks_between(start_s: float, end_s: float, step_s: float) -> int:
        looks.clear()
        for t in np.arange(start_s, end_s, step_s):
            pose.estimate(later(empty, float(t)))
        return sum(where.side_px < near for where, _ in looks)

    monkeypatch.setattr(
        pose._eye, "find", lambda image, where, score, **_: looks.append((where, score)) or []
    )
    assert looks_between(0.05, 2.05, 0.05) == pytest.approx(8, abs=1)
    assert looks_between(10.0, 20.0, 0.25) == pytest.approx(10, abs=1)
    assert looks_between(100.0, 130.0, 0.5) == pytest.approx(6, abs=1)
    assert looks_between(700.0, 720.0, 1.0) == 0


def test_somebody_who_stands_beside_hides_nobody_who_was_lost(
    pose: BlazePose, monkeypatch: pytest.MonkeyPatch
) -> None:
    lying = followed_to(pose, 75)
    pose.estimate(later(lying, 0.01))
    (known,) = pose._followed
    find = pose._landmarks.find
    looks: list[Region] = []
    monkeypatch.setattr(pose._detector, "find", lambda *_, **__: [])
    monkeypatch.setattr(pose._eye, "find", lambda _, where, *__, **___: looks.append(where) or [])
    # Two are followed in one place; from now on the landmarks of the second are lost.
    beside = replace(known.region, x_px=known.region.x_px + known.region.side_px)
    pose._followed = [replace(known, region=beside), known]
    body = find(lying.image_bgr, known.region)
    assert body is not None
    stands = replace(body, region=beside)
    monkeypatch.setattr(
        pose._landmarks, "find", lambda _, region, **__: stands if region is beside else None
    )
    pose._max_people = 1
    pose.estimate(later(lying, 0.1))
    assert looks, "nobody matters more than who may lie unseen"


def test_who_leaves_standing_is_not_looked_for(
    pose: BlazePose, monkeypatch: pytest.MonkeyPatch
) -> None:
    standing = followed_to(pose, 30)
    looks = blinded(pose, monkeypatch)
    empty = replace(standing, image_bgr=np.full_like(standing.image_bgr, 90))
    for t in np.arange(0.1, 3.0, 0.1):
        assert pose.estimate(later(empty, float(t))) == []
    assert {where.side_px for where, _ in looks} <= {float(max(empty.width_px, empty.height_px))}


def test_a_newcomer_whom_blazepose_misses_is_found_once_something_moves(
    pose: BlazePose, monkeypatch: pytest.MonkeyPatch
) -> None:
    looks = blinded(pose, monkeypatch)
    (frame,) = clip_frames(30, 1)
    empty = replace(frame, image_bgr=np.full_like(frame.image_bgr, 90))
    for t in np.arange(0.0, 3.0, 0.1):
        assert pose.estimate(later(empty, float(t))) == []
    assert len(looks) == 1, "where nothing moves there is nothing new to see"
    assert len(pose.estimate(later(frame, 3.0))) == 1
    assert len(looks) == 2


def test_a_newcomer_only_the_second_eye_sees_stays_in_view_where_nothing_moves(
    pose: BlazePose, monkeypatch: pytest.MonkeyPatch
) -> None:
    looks = blinded(pose, monkeypatch)
    (frame,) = clip_frames(75, 1)
    assert len(pose.estimate(frame)) == 1
    seen = [len(pose.estimate(later(frame, float(t)))) for t in np.arange(0.25, 3.0, 0.25)]
    assert seen == [1] * len(seen)
    assert {score for _, score in looks} == {NEWCOMER_SCORE}, "no less sure than at first"


def test_in_the_dark_it_is_noticed_while_as_many_are_followed_as_may_be(pose: BlazePose) -> None:
    pose._max_people = 1
    frame = followed_to(pose, 30)
    dark = replace(frame, image_bgr=(frame.image_bgr // 8).astype(np.uint8))
    pose.estimate(later(dark, 0.6))
    assert pose._remedy.gamma < 1.0


def test_another_pose_model_of_the_camera_goes_on_looking_for_whom_this_one_lost(
    pose: BlazePose, monkeypatch: pytest.MonkeyPatch
) -> None:
    lying = followed_to(pose, 75)
    after = BlazePose(paths.weights_dir())
    after.take_over(pose)
    looks = blinded(after, monkeypatch)
    after.estimate(later(lying, 1.0))
    assert any(score < NEWCOMER_SCORE for _, score in looks), "where they were lost"


def test_after_a_reset_time_may_start_again(pose: BlazePose) -> None:
    frame = clip_frames(30, 1)[0]
    assert pose.estimate(frame)
    pose.reset()
    detector = CountingDetector(pose)
    assert pose.estimate(Frame("clip", 0, 0.0, frame.image_bgr))
    assert detector.asked == 1


def test_two_cameras_share_the_networks_and_nothing_else() -> None:
    frame = clip_frames(30, 1)[0]
    here, there = (BlazePose(paths.weights_dir()) for _ in range(2))
    assert here._networks is there._networks
    assert len(here.estimate(frame)) == 1
    grey = np.full((240, 320, 3), 90, np.uint8)
    assert there.estimate(Frame("grey", 0, 0.0, grey)) == []
    assert len(here.estimate(frame)) == 1


@pytest.mark.parametrize(("rows", "columns", "bodies"), [(160, 640, 1), (480, 320, 1), (2, 2, 0)])
def test_a_body_at_the_rim_of_an_image_is_found_or_not_and_no_error(
    pose: BlazePose, rows: int, columns: int, bodies: int
) -> None:
    image = np.ascontiguousarray(clip_frames(30, 1)[0].image_bgr[:rows, :columns])
    assert len(pose.estimate(Frame("clip", 0, 0.0, image))) == bodies


def test_a_weights_folder_needs_no_pose_networks_of_its_own(tmp_path: Path) -> None:
    assert len(BlazePose(tmp_path).estimate(clip_frames(30, 1)[0])) == 1
