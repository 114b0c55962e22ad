"""The demo page: what it says of images and clips, and that it starts."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import urllib.request
from pathlib import Path

import cv2
import numpy as np
import pytest

from fallwatch.classifiers.manifest import Manifest, load_manifest
from fallwatch.core.types import EventKind
from fallwatch.sources.clip.video_file import VideoFileSource
from fallwatch.web.demo import judging, page
from fallwatch.web.demo.drawing import curve, marked_image
from fallwatch.web.demo.judging import DemoError, Verdict, judge_clip, judge_image
from tests.alarms.receivers import free_port
from tests.repository import REPOSITORY
from tests.sources.clip.clips import write_avi
from tests.waiting import wait_until

DEFAULT = "efficientnet-b0-optimised"
FALL = next(path for path in judging.examples() if path.stem == "demo_fall")


@pytest.fixture(scope="module")
def fall() -> Verdict:
    return judge_clip(FALL, DEFAULT)


@pytest.fixture(scope="module")
def lying(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The last frame of the bundled fall."""
    source = VideoFileSource(FALL)
    source.open()
    frame = next(frame for _ in range(120) if (frame := source.read()).index == 90)
    source.close()
    path = tmp_path_factory.mktemp("image") / "lying.jpg"
    cv2.imwrite(str(path), frame.image_bgr)
    return path


def test_the_four_variants_can_be_chosen_and_clips_are_bundled() -> None:
    assert len(judging.variants()) == 4
    assert len(judging.examples()) == 3


def test_a_clip_gives_its_alarm_with_reasons_curve_crop_and_skeleton(fall: Verdict) -> None:
    (alarm,) = fall.alarms
    assert alarm.kind is EventKind.FALL
    assert alarm.evidence
    assert fall.analysis.frame.timestamp_s == pytest.approx(alarm.decided_s, abs=0.01)
    (person,) = fall.people
    assert person.class_name == "Fall"
    assert person.crop_bgr.shape == (224, 224, 3)
    assert len(fall.points) == 180
    assert not np.array_equal(
        marked_image(fall.analysis), fall.analysis.frame.image_bgr[:, :, ::-1]
    )
    svg = curve(fall.points, fall.alarms)
    assert svg.count("<polyline") == 2
    assert "▲ fall 3." in svg
    assert curve((), ()) == ""


def test_the_page_shows_the_same(fall: Verdict, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(page, "judge_clip", lambda path, variant: fall)
    image, crops, people, words, svg, alarms = page.clip_outputs("x.mp4", DEFAULT)
    assert image.shape == (480, 640, 3)
    assert [caption for _, caption in crops] == [f"1: Fall, {people[0][2]}"]
    assert people[0][:2] == ["1", "Fall"]
    assert words.startswith("1 alarm.")
    assert "<svg" in svg
    assert alarms[0][1] == "fall"
    assert "; " in alarms[0][3]


def test_an_image_gives_class_and_probability_of_each_person(lying: Path) -> None:
    verdict = judge_image(lying, "resnet18-optimised")
    (person,) = verdict.people
    assert (person.class_name, person.class_probability > 0.9) == ("Fall", True)
    assert (verdict.points, verdict.alarms) == ((), ())
    assert page.image_outputs(str(lying), "resnet18-optimised")[-1] == "1 found."


def test_people_are_called_fallen_from_the_threshold_of_the_weights_on(
    lying: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def picky(weights_dir: Path, variant: str) -> Manifest:
        return load_manifest(weights_dir, variant).model_copy(update={"threshold": 0.9999})

    monkeypatch.setattr(judging, "load_manifest", picky)
    (person,) = judge_image(lying, DEFAULT).people
    assert person.class_name == "Not Fall"
    assert person.class_probability > 0.5


def test_an_image_of_nobody_says_so(tmp_path: Path) -> None:
    path = tmp_path / "wall.png"
    cv2.imwrite(str(path), np.full((480, 640, 3), 128, np.uint8))
    _, crops, people, words = page.image_outputs(str(path), DEFAULT)
    assert (crops, people, words) == ([], [], "Nobody was found in this image.")


@pytest.mark.parametrize(("judge", "name"), [(judge_image, "a.jpg"), (judge_clip, "a.mp4")])
def test_what_is_neither_is_refused_in_one_sentence(
    judge: object, name: str, tmp_path: Path
) -> None:
    path = tmp_path / name
    for content in (b"", b"\x00" * 100, b"<html>", os.urandom(5000)):
        path.write_bytes(content)
        with pytest.raises(DemoError) as caught:
            judge(path, DEFAULT)  # type: ignore[operator]
        words = str(caught.value)
        assert "\n" not in words
        assert "Traceback" not in words
        assert str(tmp_path) not in words


def test_limits_of_size_length_and_pixels_are_told(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, lying: Path
) -> None:
    with monkeypatch.context() as patch:
        patch.setattr(judging, "MOST_MEGABYTES", 0.001)
        with pytest.raises(DemoError, match="megabytes at most"):
            judge_image(lying, DEFAULT)
    with monkeypatch.context() as patch:
        patch.setattr(judging, "MOST_MEGAPIXELS", 0.1)
        with pytest.raises(DemoError, match="megapixels at most"):
            judge_image(lying, DEFAULT)
    with monkeypatch.context() as patch:
        patch.setattr(judging, "LONGEST_S", 1.0)
        with pytest.raises(DemoError, match="1 seconds at most"):
            judge_clip(FALL, DEFAULT)
    with pytest.raises(DemoError, match="no variant"):
        judge_image(lying, "../../etc")
    with pytest.raises(DemoError, match="did not arrive"):
        judge_image(tmp_path / "gone.jpg", DEFAULT)
    with pytest.raises(DemoError, match="Choose a file"):
        page.image_outputs(None, DEFAULT)


def test_a_clip_that_promises_to_be_short_is_cut_off_all_the_same(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    class Endless(VideoFileSource):
        duration_s = None  # type: ignore[assignment]

    path = tmp_path / "long.avi"
    write_avi(path, [np.full((96, 128, 3), 90, np.uint8)] * 60, fps=15.0)
    monkeypatch.setattr(judging, "VideoFileSource", Endless)
    monkeypatch.setattr(judging, "LONGEST_S", 1.0)
    with pytest.raises(DemoError, match="seconds at most"):
        judge_clip(path, DEFAULT)


def test_the_page_is_served_and_ends(tmp_path: Path) -> None:
    pytest.importorskip("gradio", reason="Gradio is not here: pip install '.[demo]'")
    port = free_port()
    line = [sys.executable, "-m", "fallwatch", "web", "--demo", "--port", str(port)]
    server = subprocess.Popen(line, cwd=REPOSITORY, stderr=subprocess.PIPE)
    try:

        def answers() -> bool:
            assert server.poll() is None
            try:
                with urllib.request.urlopen(f"http://127.0.0.1:{port}/", timeout=5) as answer:
                    return b"fallwatch" in answer.read()
            except OSError:
                return False

        wait_until(answers)
        server.send_signal(signal.SIGTERM)
        assert server.wait(20.0) == 0
    finally:
        server.kill()
        server.communicate()
