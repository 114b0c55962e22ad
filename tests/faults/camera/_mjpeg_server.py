"""A Motion JPEG camera over HTTP that plays a clip over and over; ended with a signal.

It needs nothing but the standard library, so that it is there at once.
"""

from __future__ import annotations

import argparse
import base64
import itertools
import signal
import struct
import sys
import time
from abc import ABC, abstractmethod
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path


class MjpegViewer(BaseHTTPRequestHandler, ABC):
    """Lets one viewer in, and sends images until the other side hangs up."""

    @property
    @abstractmethod
    def login(self) -> str:
        """``user:password`` that the camera wants; empty for none."""

    @abstractmethod
    def jpegs(self) -> Iterator[bytes]:
        """The images, each when it is to be sent."""

    def do_GET(self) -> None:
        wanted = "Basic " + base64.b64encode(self.login.encode()).decode()
        if self.login and self.headers.get("Authorization") != wanted:
            self.send_response(401)
            self.send_header("WWW-Authenticate", 'Basic realm="camera"')
            self.end_headers()
            return
        self.send_response(200)
        self.send_header("Content-Type", "multipart/x-mixed-replace; boundary=frame")
        self.end_headers()
        try:
            for data in self.jpegs():
                head = f"--frame\r\nContent-Type: image/jpeg\r\nContent-Length: {len(data)}"
                self.wfile.write(head.encode() + b"\r\n\r\n" + data + b"\r\n")
        except OSError:
            pass  # the other side has hung up

    def log_message(self, format: str, *args: object) -> None:
        """Say nothing."""


def read_frames(clip: str) -> list[bytes]:
    """A clip's frames; its file holds each JPEG behind its length, four bytes."""
    data = Path(clip).read_bytes()
    frames, at = [], 0
    while at < len(data):
        (length,) = struct.unpack_from("<I", data, at)
        frames.append(data[at + 4 : at + 4 + length])
        at += 4 + length
    return frames


def main() -> None:
    """Serve until killed; print ``ready`` once clients may come."""
    parser = argparse.ArgumentParser()
    parser.add_argument("clip")
    parser.add_argument("--port", type=int, required=True)
    parser.add_argument("--fps", type=float, default=15.0)
    parser.add_argument("--login", default="", help="user:password")
    parser.add_argument("--other", help="another clip, sent instead from each SIGUSR1 to the next")
    arguments = parser.parse_args()
    clips = [read_frames(clip) for clip in (arguments.clip, arguments.other) if clip]
    signal.signal(signal.SIGUSR1, lambda *_: clips.reverse())

    class Viewer(MjpegViewer):
        login = arguments.login

        def jpegs(self) -> Iterator[bytes]:
            began_s = time.monotonic()
            for number in itertools.count():
                time.sleep(max(0.0, began_s + number / arguments.fps - time.monotonic()))
                frames = clips[0]
                yield frames[number % len(frames)]

    server = ThreadingHTTPServer(("127.0.0.1", arguments.port), Viewer)
    server.daemon_threads = True
    sys.stdout.write("ready\n")
    sys.stdout.flush()
    server.serve_forever()


if __name__ == "__main__":
    main()
