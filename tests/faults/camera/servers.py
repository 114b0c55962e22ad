"""Network cameras on this computer, each a process of its own that can be killed and held up."""

from __future__ import annotations

import os
import signal
import socket
import struct
import subprocess
import sys
import threading
from collections.abc import Iterable
from dataclasses import dataclass, field
from fractions import Fraction
from pathlib import Path
from typing import Literal

import av
import cv2

_HERE = Path(__file__).resolve().parent
_SYSTEM_PYTHON = Path("/usr/bin/python3")
_READY_WITHIN_S = 20.0

#: What the RTSP server needs, as Debian calls it.
DEBIAN_PACKAGES = (
    "gir1.2-gst-rtsp-server-1.0",
    "python3-gi",
    "gstreamer1.0-plugins-base",
    "gstreamer1.0-plugins-good",
    "gstreamer1.0-plugins-bad",
)

CameraKind = Literal["rtsp", "http"]


def why_no_rtsp_server() -> str | None:
    """What is missing for an RTSP server, for a skip; None if it runs here."""
    script = (
        "import gi; gi.require_version('GstRtspServer', '1.0'); "
        "from gi.repository import Gst, GstRtspServer; Gst.init(None); "
        "names = ['qtdemux', 'h264parse', 'rtph264pay', 'appsrc']; "
        "raise SystemExit(any(Gst.ElementFactory.find(name) is None for name in names))"
    )
    if _SYSTEM_PYTHON.exists():
        done = subprocess.run([_SYSTEM_PYTHON, "-c", script], capture_output=True, check=False)
        if done.returncode == 0:
            return None
    return f"no RTSP server; on Debian: apt install {' '.join(DEBIAN_PACKAGES)}"


def prepare_clip(
    clip: Path, width: int, height: int, target: Path, *, and_back: bool = False
) -> Path:
    """Encode a clip as cameras do: H.264 without B frames, a whole frame every second.

    Args:
        clip: Any video.
        width: Of the images, in pixels.
        height: Of the images, in pixels.
        target: Where it goes.
        and_back: Play it backwards after its end, so that nobody is elsewhere when it begins again.

    Returns:
        ``target``.
    """
    with av.open(str(clip)) as source, av.open(str(target), "w") as out:
        fps = source.streams.video[0].average_rate or Fraction(15)
        stream = out.add_stream("libx264", rate=fps)
        stream.width, stream.height, stream.pix_fmt = width, height, "yuv420p"
        stream.gop_size = round(fps)
        stream.options = {"preset": "veryfast", "tune": "zerolatency"}
        stream.codec_context.time_base = 1 / fps
        frames: Iterable[av.VideoFrame] = source.decode(video=0)
        if and_back:
            forth = list(frames)
            frames = forth + forth[::-1]
        for number, frame in enumerate(frames):
            image = frame.reformat(width, height, "yuv420p")
            image.pts, image.time_base = number, 1 / fps
            out.mux(stream.encode(image))
        out.mux(stream.encode())
    return target


@dataclass(slots=True)
class CameraProcess:
    """A camera on the network; it keeps its address for ever.

    Attributes:
        kind: What it speaks.
        port: Where; a free one by default.
    """

    kind: CameraKind
    port: int = field(default_factory=lambda: _free_port())
    _process: subprocess.Popen[str] | None = None

    def url(self, login: str = "") -> str:
        """Its address, with ``user:password`` if one is given."""
        path = "live" if self.kind == "rtsp" else "video"
        return f"{self.kind}://{login + '@' if login else ''}127.0.0.1:{self.port}/{path}"

    def start(self, clip: Path, login: str = "", other: Path | None = None) -> None:
        """Switch it on, and wait until it lets people in.

        Args:
            clip: What it plays, over and over.
            login: ``user:password`` that it asks for; nothing by default.
            other: What `switch_clip` plays; for RTSP, of the same size.

        Raises:
            RuntimeError: It did not start.
        """
        if self.kind == "rtsp":
            line = [str(_SYSTEM_PYTHON), "-I", str(_HERE / "_rtsp_server.py")]
        else:
            line = [sys.executable, "-I", str(_HERE / "_mjpeg_server.py")]
        files = [clip, other] if other else [clip]
        paths = [str(each if self.kind == "rtsp" else _as_jpegs(each)) for each in files]
        line += [paths[0], "--port", str(self.port), "--login", login]
        line += ["--other", paths[1]] if other else []
        self._process = subprocess.Popen(
            line,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            text=True,
            start_new_session=True,  # a camera does not feel how busy the computer's user is
        )
        assert self._process.stdout is not None
        if self._process.stdout.readline() != "ready\n":
            self.kill()
            raise RuntimeError(f"the {self.kind} server did not start")

    def kill(self) -> None:
        """Pull its plug."""
        process, self._process = self._process, None
        if process is not None:
            process.kill()
            process.wait(_READY_WITHIN_S)
            if process.stdout is not None:
                process.stdout.close()

    def hold_up(self) -> None:
        """It sends nothing any more and closes nothing."""
        self._signal(signal.SIGSTOP)

    def go_on(self) -> None:
        """After `hold_up`."""
        self._signal(signal.SIGCONT)

    def switch_clip(self) -> None:
        """Go over to the other clip, or back, without a break."""
        self._signal(signal.SIGUSR1)

    def _signal(self, number: signal.Signals) -> None:
        assert self._process is not None
        os.kill(self._process.pid, number)


def _as_jpegs(clip: Path) -> Path:
    """The clip as the HTTP server wants it, made once: each JPEG behind its length."""
    target = clip.with_suffix(".jpegs")
    if not target.exists():
        partly = target.with_suffix(f".{threading.get_ident()}")
        with av.open(str(clip)) as container, partly.open("wb") as out:
            for frame in container.decode(video=0):
                data = cv2.imencode(".jpg", frame.to_ndarray(format="bgr24"))[1].tobytes()
                out.write(struct.pack("<I", len(data)) + data)
        partly.replace(target)
    return target


def _free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        return int(listener.getsockname()[1])
