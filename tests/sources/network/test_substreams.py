"""The smaller stream of a camera: which address it has by the make, and whether it is there."""

from __future__ import annotations

import pytest

from fallwatch.sources.network.makes import MAKES
from fallwatch.sources.network.substreams import find_smaller, smaller_address
from tests.sources.network.rtsp_camera import RtspCamera, running

HOST = "rtsp://anna:s%3Ae@10.0.0.7:554"


@pytest.mark.parametrize(
    ("large", "smaller"),
    [
        ("/Streaming/Channels/101", "/Streaming/Channels/102"),
        ("/Streaming/channels/1601/?a=1", "/Streaming/channels/1602/?a=1"),
        ("/h264/ch1/main/av_stream", "/h264/ch1/sub/av_stream"),
        (
            "/cam/realmonitor?channel=3&subtype=0",
            "/cam/realmonitor?channel=3&subtype=1",
        ),
        (
            "/cam/realmonitor?subtype=0&channel=1&unicast=true",
            "/cam/realmonitor?subtype=1&channel=1&unicast=true",
        ),
        ("/stream1", "/stream2"),
        ("/h264Preview_01_main", "/h264Preview_01_sub"),
        ("/h265Preview_02_main", "/h264Preview_02_sub"),
        ("/Preview_01_main", "/Preview_01_sub"),
        ("/axis-media/media.amp", "/axis-media/media.amp?resolution=640x360"),
        (
            "/axis-media/media.amp?videocodec=h264",
            "/axis-media/media.amp?videocodec=h264&resolution=640x360",
        ),
    ],
)
def test_the_smaller_stream_is_named_by_the_large_one(large: str, smaller: str) -> None:
    assert smaller_address(HOST + large, 1920, 1080) == HOST + smaller


def test_axis_is_asked_for_the_same_proportions() -> None:
    found = smaller_address(f"{HOST}/axis-media/media.amp", 1280, 960)
    assert found == f"{HOST}/axis-media/media.amp?resolution=640x480"


@pytest.mark.parametrize(
    "address",
    [
        f"{HOST}/Streaming/Channels/102",
        f"{HOST}/Streaming/Channels/1010",
        f"{HOST}/cam/realmonitor?channel=1&subtype=1",
        f"{HOST}/cam/realmonitor?channel=1&subtype=00",
        f"{HOST}/stream2",
        f"{HOST}/stream10",
        f"{HOST}/h264Preview_01_sub",
        f"{HOST}/axis-media/media.amp?resolution=1280x720",
        f"{HOST}/live",
        "http://10.0.0.7/stream1",
        "rtsp://[10.0.0.7/stream1",
        "0",
        "",
    ],
)
def test_what_is_small_or_unknown_has_no_smaller_one(address: str) -> None:
    assert smaller_address(address, 1920, 1080) is None


@pytest.mark.parametrize("make", [make for make in MAKES if make.name != "Bosch"])
def test_a_smaller_stream_is_never_smaller_again(make: object) -> None:
    first = smaller_address(HOST + make.path, 1920, 1080)  # type: ignore[attr-defined]
    if first is not None:
        assert smaller_address(first, 1920, 1080) is None


def test_it_is_offered_if_the_camera_has_it() -> None:
    with running(RtspCamera("/stream2", ("anna", "s:e"))) as camera:
        found = find_smaller(f"rtsp://anna:s%3Ae@{camera.host}/stream1", 1920, 1080)
        assert found == f"rtsp://anna:s%3Ae@{camera.host}/stream2"


def test_no_stream_is_offered_that_the_camera_does_not_have() -> None:
    with running(RtspCamera("/stream1", None)) as camera:
        assert find_smaller(f"rtsp://{camera.host}/stream1", 1920, 1080) is None
        assert camera.asked == [f"rtsp://{camera.host}/stream2"]


def test_a_camera_of_another_make_is_not_asked_and_one_that_is_gone_has_none() -> None:
    with running(RtspCamera("/stream2", None)) as camera:
        assert find_smaller(f"rtsp://{camera.host}/live", 1920, 1080) is None
        assert camera.asked == []
        gone = camera.host
    assert find_smaller(f"rtsp://{gone}/stream1", 1920, 1080) is None
