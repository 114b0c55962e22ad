"""What a person types becomes the source that was meant."""

from __future__ import annotations

import subprocess
import sys

import pytest

from fallwatch.core.protocols import SourceError
from fallwatch.sources.camera.network_stream import NetworkStreamSource
from fallwatch.sources.camera.webcam import WebcamSource
from fallwatch.sources.clip.video_file import VideoFileSource
from fallwatch.sources.registry import SourceKind, SourceRegistry, make_source


@pytest.mark.parametrize(
    ("text", "kind", "name"),
    [
        ("0", WebcamSource, "webcam 0"),
        (" 12 ", WebcamSource, "webcam 12"),
        ("rtsp://camera/live", NetworkStreamSource, "rtsp://camera/live"),
        ("RTSPS://camera/live", NetworkStreamSource, "rtsps://camera/live"),
        ("http://camera", NetworkStreamSource, "http://camera"),
        ("https://camera", NetworkStreamSource, "https://camera"),
        ("clips/fall 1.mp4", VideoFileSource, "fall 1.mp4"),
        ("./0", VideoFileSource, "0"),
        (r"C:\clips\fall.avi", VideoFileSource, None),
        ("-1", VideoFileSource, "-1"),
    ],
)
def test_the_text_decides_the_kind(text: str, kind: type, name: str | None) -> None:
    source = make_source(text)
    assert type(source) is kind
    assert name is None or source.name == name


@pytest.mark.parametrize("text", ["", "   "])
def test_no_text_is_refused(text: str) -> None:
    with pytest.raises(SourceError, match="No source was given"):
        make_source(text)


def test_an_unknown_kind_of_address_is_refused_without_showing_it() -> None:
    with pytest.raises(SourceError, match="rtsp://") as caught:
        make_source("ftp://anna:s3cret@host/clip.mp4")
    assert "s3cret" not in str(caught.value)


def test_a_kind_cannot_be_added_twice() -> None:
    registry = SourceRegistry()
    kind = SourceKind("file", lambda text: True, VideoFileSource)
    registry.add(kind)
    with pytest.raises(ValueError, match="'file'"):
        registry.add(kind)


def test_the_first_kind_that_matches_is_taken() -> None:
    registry = SourceRegistry()
    registry.add(SourceKind("one", lambda text: text == "a", lambda text, _: WebcamSource(1)))
    registry.add(SourceKind("all", lambda text: True, lambda text, _: WebcamSource(2)))
    assert registry.make("a").name == "webcam 1"
    assert registry.make("b").name == "webcam 2"


def test_making_a_source_loads_no_cv2() -> None:
    code = (
        "import sys; from fallwatch.sources.registry import make_source;"
        "[make_source(text) for text in ('0', 'http://camera', 'clip.mp4')];"
        "sys.exit('cv2' in sys.modules)"
    )
    assert subprocess.run([sys.executable, "-c", code], timeout=60).returncode == 0
