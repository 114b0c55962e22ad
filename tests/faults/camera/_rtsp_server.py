"""An RTSP camera that plays a clip over and over. Runs under the system's own Python, which has gi.

It knows nothing of fallwatch, and is ended with a signal.
"""

from __future__ import annotations

import argparse
import itertools
import signal
from typing import Any

import gi

gi.require_version("Gst", "1.0")
gi.require_version("GstApp", "1.0")
gi.require_version("GstRtspServer", "1.0")
from gi.repository import GLib, Gst, GstApp, GstRtspServer  # noqa: E402, F401

_READ = (
    "filesrc location={clip} ! qtdemux ! h264parse ! "
    "video/x-h264,stream-format=byte-stream,alignment=au ! appsink name=sink sync=false"
)
#: A clip of fewer is none, or was not read to its end.
_FEWEST = 10
_SEND = (
    "( appsrc name=source is-live=true format=time "
    "caps=video/x-h264,stream-format=byte-stream,alignment=au "
    "! h264parse ! rtph264pay name=pay0 pt=96 config-interval=1 )"
)


def read_frames(clip: str) -> list[bytes]:
    """The encoded frames of a clip without B frames, in order."""
    pipeline = Gst.parse_launch(_READ.format(clip=clip))
    sink = pipeline.get_by_name("sink")
    pipeline.set_state(Gst.State.PLAYING)
    frames = []
    while (sample := sink.emit("pull-sample")) is not None:
        buffer = sample.get_buffer()
        frames.append(buffer.extract_dup(0, buffer.get_size()))
    pipeline.set_state(Gst.State.NULL)
    if len(frames) < _FEWEST:
        raise SystemExit(f"{clip} holds only {len(frames)} frames")
    return frames


def feed(clips: list[list[bytes]], fps: float) -> Any:
    """What gives every new stream the frames of the first clip, over and over."""

    def configure(factory: Any, media: Any) -> None:
        count = itertools.count()
        playing = clips[0]
        first = 0

        def give(source: Any, wanted: int) -> None:
            nonlocal playing, first
            number = next(count)
            if playing is not clips[0]:  # what follows must begin with a whole frame
                playing, first = clips[0], number
            buffer = Gst.Buffer.new_wrapped(playing[(number - first) % len(playing)])
            buffer.pts = buffer.dts = int(number * Gst.SECOND / fps)
            buffer.duration = int(Gst.SECOND / fps)
            source.emit("push-buffer", buffer)

        media.get_element().get_by_name("source").connect("need-data", give)

    return configure


def protect(server: Any, factory: Any, user: str, password: str) -> None:
    """Let in only who knows the password."""
    token = GstRtspServer.RTSPToken()
    token.set_string("media.factory.role", "viewer")
    auth = GstRtspServer.RTSPAuth()
    auth.add_basic(GstRtspServer.RTSPAuth.make_basic(user, password), token)
    server.set_auth(auth)
    permissions = GstRtspServer.RTSPPermissions()
    for permission in ("media.factory.access", "media.factory.construct"):
        permissions.add_permission_for_role("viewer", permission, True)
    factory.set_permissions(permissions)


def main() -> None:
    """Serve until killed; print ``ready`` once clients may come."""
    parser = argparse.ArgumentParser()
    parser.add_argument("clip")
    parser.add_argument("--port", required=True)
    parser.add_argument("--fps", type=float, default=15.0)
    parser.add_argument("--login", default="", help="user:password")
    parser.add_argument("--other", help="another clip, sent instead from each SIGUSR1 to the next")
    arguments = parser.parse_args()
    Gst.init(None)
    server = GstRtspServer.RTSPServer()
    server.set_address("127.0.0.1")
    server.set_service(arguments.port)
    factory = GstRtspServer.RTSPMediaFactory()
    factory.set_launch(_SEND)
    factory.set_shared(False)
    clips = [read_frames(clip) for clip in (arguments.clip, arguments.other) if clip]
    factory.connect("media-configure", feed(clips, arguments.fps))
    GLib.unix_signal_add(GLib.PRIORITY_DEFAULT, signal.SIGUSR1, lambda: clips.reverse() or True)
    if arguments.login:
        protect(server, factory, *arguments.login.split(":", 1))
    server.get_mount_points().add_factory("/live", factory)
    if server.attach(None) == 0:
        raise SystemExit(f"port {arguments.port} is taken")
    print("ready", flush=True)  # noqa: T201 - who started this process waits for the line
    GLib.MainLoop().run()


main()
