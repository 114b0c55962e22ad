"""Webcams: instant words when there is none."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from fallwatch.core.protocols import SourceError
from fallwatch.sources.camera.webcam import WebcamSource
from fallwatch.sources.opencv import cv2
from tests.sources.camera.fake_webcam import plug_in

linux_only = pytest.mark.skipif(sys.platform != "linux", reason="other systems list no devices")


@linux_only
def test_a_number_that_does_not_exist_lists_those_that_do(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for index in (0, 2, 10):
        plug_in(monkeypatch, tmp_path / "dev", index)
    with pytest.raises(SourceError, match=r"no webcam 5\. This PC has: 0, 2, 10\."):
        WebcamSource(5).open()


@linux_only
def test_a_pc_without_a_webcam_says_so(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("fallwatch.sources.camera.webcam._DEVICES", tmp_path)
    with pytest.raises(SourceError, match="No webcam is plugged into this PC"):
        WebcamSource(0).open()


def test_a_webcam_in_use_elsewhere_says_so(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    camera = plug_in(monkeypatch, tmp_path / "dev")
    camera.plugged = False
    with pytest.raises(SourceError, match=r"Webcam 0 cannot be opened.*no other program"):
        WebcamSource(0).open()
    assert camera.open_captures == 0


def test_a_webcam_pulled_out_says_so(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    camera = plug_in(monkeypatch, tmp_path / "dev")
    source = WebcamSource(0)
    source.open()
    source.read()
    camera.plugged = False
    with pytest.raises(SourceError, match="Webcam 0 sends no image"):
        source.read()
    source.close()
    assert camera.open_captures == 0


def test_a_frame_that_nobody_wants_is_counted_but_not_decoded(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    camera = plug_in(monkeypatch, tmp_path / "dev")
    source = WebcamSource(0)
    source.open()
    decoded = camera.decoded
    assert source.read_if(lambda timestamp_s: False) is None
    assert camera.decoded == decoded
    frame = source.read_if(lambda timestamp_s: True)
    source.close()
    assert frame is not None
    assert frame.index == 1
    assert camera.decoded == decoded + 1


@pytest.mark.parametrize(
    ("deaf_to", "asked"),
    [(set(), [cv2.CAP_MSMF]), ({cv2.CAP_MSMF}, [cv2.CAP_MSMF, cv2.CAP_DSHOW])],
)
def test_on_windows_directshow_is_tried_where_media_foundation_fails(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, deaf_to: set[int], asked: list[int]
) -> None:
    camera = plug_in(monkeypatch, tmp_path / "dev")
    camera.deaf_to = deaf_to
    monkeypatch.setattr(sys, "platform", "win32")
    source = WebcamSource(0)
    source.open()
    assert camera.drivers == asked
    source.close()
    assert camera.open_captures == 0


def test_a_camera_that_no_driver_of_windows_opens_is_let_go_of(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    camera = plug_in(monkeypatch, tmp_path / "dev")
    camera.deaf_to = {cv2.CAP_MSMF, cv2.CAP_DSHOW}
    monkeypatch.setattr(sys, "platform", "win32")
    with pytest.raises(SourceError, match="Webcam 0 cannot be opened"):
        WebcamSource(0).open()
    assert len(camera.drivers) == 2
    assert camera.open_captures == 0
