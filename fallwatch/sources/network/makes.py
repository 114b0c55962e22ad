"""Paths of the first video stream, by make of camera, each with where that is written."""

from __future__ import annotations

from typing import NamedTuple

_COMPARED = "https://getrealtime.com/blog/how-to-find-your-ip-cameras-rtsp-url-complete-vendor-reference-2026"
_BY_BRAND = "https://smartcamalerts.com/blog/rtsp-camera-setup.html"


class Make(NamedTuple):
    """One make of camera.

    Attributes:
        name: As people know it.
        path: Of the stream in full resolution, with a leading slash.
        source: Where the path is documented.
    """

    name: str
    path: str
    source: str


#: The most widespread first: they are tried in this order.
MAKES = (
    Make(
        "Hikvision",
        "/Streaming/Channels/101",
        "https://supportusa.hikvision.com/support/solutions/articles/17000129022",
    ),
    Make("Dahua, Amcrest", "/cam/realmonitor?channel=1&subtype=0", _COMPARED),
    Make("TP-Link Tapo", "/stream1", _BY_BRAND),
    Make("Reolink", "/h264Preview_01_main", _COMPARED),
    Make(
        "Axis",
        "/axis-media/media.amp",
        "https://developer.axis.com/video-streaming-and-recording/video-streaming/reference/rtsp-endpoints/",
    ),
    Make(
        "Bosch",
        "/rtsp_tunnel",
        "https://github.com/thephez/onvif-viewer/blob/master/URL%20Templates.txt",
    ),
    Make("Wyze", "/live", _BY_BRAND),
    Make(
        "Vivotek and others",
        "/live.sdp",
        "https://gist.github.com/Ullaakut/e0616188457d4acdb322dd978becb849",
    ),
    Make(
        "Sony and others",
        "/media/video1",
        "https://gist.github.com/Ullaakut/e0616188457d4acdb322dd978becb849",
    ),
)
