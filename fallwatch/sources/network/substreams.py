"""The smaller stream that many network cameras offer beside the one in full resolution."""

from __future__ import annotations

import re
from typing import NamedTuple
from urllib.parse import urlsplit, urlunsplit

from fallwatch.core.protocols import SourceError
from fallwatch.sources.network.stream_search import find_stream

#: Of more pixels nothing is gained: people are judged at 256 pixels, and recordings are 1280 wide.
ENOUGH_PX = 1280 * 720

#: With fewer, somebody at the far end of a room is too small to be judged well.
TOO_FEW_PX = 640 * 352


class _Pair(NamedTuple):
    """How the address of a large stream becomes that of the smaller one.

    Attributes:
        large: Of path and query.
        smaller: What stands there instead.
    """

    large: re.Pattern[str]
    smaller: str


def _pair(large: str, smaller: str) -> _Pair:
    return _Pair(re.compile(large, re.IGNORECASE), smaller)


# The first that fits counts. Where the paths are documented stands in
# `fallwatch.sources.network.makes`; of Reolink it is
# https://support.reolink.com/hc/en-us/articles/900000630706-What-is-RTSP.
_PAIRS = (
    # Hikvision: number of the channel, then 01 for the large stream and 02 for the smaller one.
    _pair(r"^(/Streaming/Channels/\d+)01(?=$|[/?])", r"\g<1>02"),
    _pair(r"^(/[^/]+/ch\d+)/main/(?=av_stream)", r"\1/sub/"),
    # Dahua, Amcrest
    _pair(r"^(/cam/realmonitor\?(?:.*&)?subtype=)0(?=$|&)", r"\g<1>1"),
    # TP-Link Tapo
    _pair(r"^/stream1(?=$|\?)", "/stream2"),
    # Reolink: the smaller one is H.264 whatever the large one is.
    _pair(r"^/h26[45]Preview_(\d+)_main(?=$|\?)", r"/h264Preview_\1_sub"),
    _pair(r"^/Preview_(\d+)_main(?=$|\?)", r"/Preview_\1_sub"),
)

# Axis has one path, and sends the size that is asked for:
# https://wiki.2n.com/hip/inte/latest/en/7-ip-cameras/universal-axis-camera-settings
_AXIS = "/axis-media/media.amp"


def smaller_address(address: str, width_px: int, height_px: int) -> str | None:
    """The address under which a camera of the same make would have its smaller stream.

    >>> smaller_address("rtsp://10.0.0.7/stream1", 1920, 1080)
    'rtsp://10.0.0.7/stream2'

    Args:
        address: Of the large stream, with or without login.
        width_px: Width of its images.
        height_px: Their height.

    Returns:
        The address, login included; None where the make is not known by its path.
    """
    try:
        parts = urlsplit(address)
    except ValueError:
        return None
    if parts.scheme.lower() != "rtsp":
        return None
    place = parts.path + (f"?{parts.query}" if parts.query else "")
    if parts.path.lower() == _AXIS:
        if "resolution=" in parts.query.lower():
            return None
        size = "640x360" if width_px > 1.5 * height_px else "640x480"
        return _at(address, f"{place}{'&' if parts.query else '?'}resolution={size}")
    for pair in _PAIRS:
        smaller, times = pair.large.subn(pair.smaller, place)
        if times:
            return _at(address, smaller)
    return None


def find_smaller(address: str, width_px: int, height_px: int) -> str | None:
    """The address of a camera's smaller stream, if the camera says that it has it.

    Waits for the network: not on the window's thread.

    Args:
        address: Of the large stream, with the login with which its images came.
        width_px: Width of its images.
        height_px: Their height.
    """
    smaller = smaller_address(address, width_px, height_px)
    if smaller is None:
        return None
    parts = urlsplit(smaller)
    place = parts.path + (f"?{parts.query}" if parts.query else "")
    try:
        return find_stream(_at(smaller, ""), [place])
    except SourceError:
        return None


def _at(address: str, place: str) -> str:
    """The same camera, with another path and query."""
    parts = urlsplit(address)
    path, _, query = place.partition("?")
    return urlunsplit((parts.scheme, parts.netloc, path, query, ""))
