"""Network cameras: no hang, no password in what people see, and words for what is wrong."""

from __future__ import annotations

import logging

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fallwatch.core.protocols import SourceError
from fallwatch.sources.address import check_address, display_address
from fallwatch.sources.camera.network_stream import NetworkStreamSource
from tests.sources.camera.camera_server import silent_server, unused_port
from tests.waiting import within


def _why_not(url: str) -> str:
    source = NetworkStreamSource(url)
    with within(15.0), pytest.raises(SourceError) as caught:
        source.open()
    source.close()
    return str(caught.value)


def test_a_port_where_nothing_listens_is_named_at_once() -> None:
    port = unused_port()
    with within(2.0):
        message = _why_not(f"rtsp://anna:s3cret@127.0.0.1:{port}/live")
    assert f"nothing there listens on port {port}" in message
    assert "s3cret" not in message


def test_an_unknown_host_is_named() -> None:
    assert "nothing on the network is called no-such-camera.invalid" in _why_not(
        "http://no-such-camera.invalid/video"
    )


@pytest.mark.parametrize("scheme", ["http", "rtsp"])
def test_a_server_that_never_answers_is_given_up(
    scheme: str,
    capfd: pytest.CaptureFixture[str],
    caplog: pytest.LogCaptureFixture,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("fallwatch.sources.camera.network_stream._STREAM_TIMEOUT_MS", 1500)
    caplog.set_level(logging.DEBUG)
    with silent_server() as server:
        message = _why_not(f"{scheme}://anna:s3cret@127.0.0.1:{server.port}/live")
    assert "sends no video" in message
    assert "s3cret" not in message + caplog.text
    assert capfd.readouterr() == ("", "")


@pytest.mark.parametrize(
    "url",
    [
        "rtsp://",
        "http:///video",
        "http://user:s3cret@/video",
        "rtsp://[::1/video",
        "rtsp://anna:s3cret@host:port/video",
        "rtsp://anna:s3#cret@host/video",
        "rtsp://anna:s3/cret@host/video",
        "rtsp://anna:12/s3cret@host/video",
        "http://ho st/video",
    ],
)
def test_a_malformed_address_is_refused_before_anything_is_sent(url: str) -> None:
    message = _why_not(url)
    assert "is not a camera address" in message
    assert "cret" not in message


@pytest.mark.parametrize(
    ("url", "shown"),
    [
        ("rtsp://10.0.0.7:554/cam", "rtsp://10.0.0.7:554/cam"),
        ("rtsp://anna:s3cret@10.0.0.7/cam", "rtsp://10.0.0.7/cam"),
        ("RTSP://anna@10.0.0.7/cam", "rtsp://10.0.0.7/cam"),
        ("http://h/v?user=anna&pwd=s3cret&ch=1", "http://h/v?user=anna&pwd=***&ch=1"),
        ("http://h/v?Password=s3cret", "http://h/v?Password=***"),
        ("http://h/v?access_token=s3cret#x", "http://h/v?access_token=***"),
        ("rtsp://h/user=anna_password=s3cret_ch=1", "rtsp://h/user=anna_password=***"),
    ],
)
def test_an_address_is_shown_without_its_secrets(url: str, shown: str) -> None:
    assert display_address(url) == shown
    assert NetworkStreamSource(url).name == shown


@given(password=st.text(min_size=1, max_size=20))
def test_no_password_is_ever_shown(password: str) -> None:
    marked = f"s3{password}cret"
    url = f"rtsp://anna:{marked}@camera.invalid/live"
    assert "cret" not in display_address(url)
    assert "s3" not in display_address(url)
    outcome = _host_or_error(url)
    assert "cret" not in outcome
    assert "s3" not in outcome


def _host_or_error(url: str) -> str:
    try:
        return check_address(url)[0]
    except SourceError as error:
        return str(error)


def test_the_usual_port_is_taken_where_none_is_given() -> None:
    assert check_address("rtsp://anna:pw@camera/live") == ("camera", 554)
    assert check_address("https://camera:8443/live") == ("camera", 8443)
