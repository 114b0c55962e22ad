"""A network camera that writes into every frame when it was sent.

What a recorded clip shows can so be set against the clock, whatever lies between camera and file.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import ThreadingHTTPServer
from pathlib import Path

import numpy as np

from fallwatch import paths
from fallwatch.core.types import Image
from tests.faults.camera._mjpeg_server import MjpegViewer

FPS = 15.0

# The number of a frame stands in its first rows: one square for each bit, black or white.
_SQUARE_PX, _BITS = 24, 20


class StampedCamera:
    """A camera on loopback that plays the bundled fall over and over, 640x480.

    Attributes:
        port: Where it listens.
        login: ``user:password`` that it wants; empty for none.
        on_air: Cleared, it sends nothing any more, without hanging up.
        sent_s: When each frame was sent, on the clock ``time.monotonic``, by its number.
        viewers: How many look on at the moment; one that hung up counts until the
            next frame.
        opened: How often it was opened.
    """

    def __init__(self, port: int, login: str) -> None:
        self.port = port
        self.login = login
        self.on_air = threading.Event()
        self.on_air.set()
        self.sent_s: dict[int, float] = {}
        self.viewers = self.opened = 0
        self._counting = threading.Lock()
        self._jpeg = b""
        self._new = threading.Condition()
        self._frames = _frames(paths.resources_dir() / "demo" / "demo_fall.mp4")

    @property
    def url(self) -> str:
        """The address, without login."""
        return f"http://127.0.0.1:{self.port}/video"

    def film(self, stop: threading.Event) -> None:
        """Take frames until told to stop."""
        frames = self._frames
        number, next_s = 0, time.monotonic()
        while not stop.is_set():
            data = _jpeg(stamped(frames[number % len(frames)], number))
            with self._new:
                self.sent_s[number] = time.monotonic()
                self._jpeg = data
                self._new.notify_all()
            number += 1
            next_s = max(next_s + 1 / FPS, time.monotonic())
            stop.wait(next_s - time.monotonic())

    @contextmanager
    def watched(self) -> Iterator[None]:
        """One more looks on."""
        with self._counting:
            self.opened += 1
            self.viewers += 1
        try:
            yield
        finally:
            with self._counting:
                self.viewers -= 1

    def next_jpeg(self) -> bytes:
        """Wait for the next frame."""
        with self._new:
            last = self._jpeg
            self._new.wait_for(lambda: self._jpeg is not last, 10.0)
            return self._jpeg


@contextmanager
def stamped_camera(login: str = "") -> Iterator[StampedCamera]:
    """A camera that is on air until the end of the block."""
    server = ThreadingHTTPServer(("127.0.0.1", 0), _Viewer)
    server.daemon_threads = True
    camera = server.camera = StampedCamera(server.server_address[1], login)  # type: ignore[attr-defined]
    stop = threading.Event()
    threads = [
        threading.Thread(target=server.serve_forever, args=(0.05,), name="camera server"),
        threading.Thread(target=camera.film, args=(stop,), name="camera"),
    ]
    for thread in threads:
        thread.start()
    try:
        yield camera
    finally:
        stop.set()
        server.shutdown()
        server.server_close()
        for thread in threads:
            thread.join()


class _Viewer(MjpegViewer):
    @property
    def login(self) -> str:
        return self._camera.login

    def jpegs(self) -> Iterator[bytes]:
        with self._camera.watched():
            while self._camera.on_air.wait(60):
                yield self._camera.next_jpeg()

    @property
    def _camera(self) -> StampedCamera:
        camera: StampedCamera = self.server.camera  # type: ignore[attr-defined]
        return camera


def stamped(image_bgr: Image, number: int) -> Image:
    """A copy with the number in its first rows."""
    marked = image_bgr.copy()
    for bit in range(_BITS):
        left = bit * _SQUARE_PX
        shade = 255 if number >> bit & 1 else 0
        marked[:_SQUARE_PX, left : left + _SQUARE_PX] = shade
    return marked


def read_stamp(image_bgr: Image) -> int:
    """The number in an image that was encoded and decoded since."""
    number = 0
    for bit in range(_BITS):
        left = bit * _SQUARE_PX
        square = image_bgr[6 : _SQUARE_PX - 6, left + 6 : left + _SQUARE_PX - 6]
        number |= int(float(square.mean()) > 127) << bit
    return number


def _frames(path: Path) -> list[Image]:
    import av

    with av.open(str(path)) as container:
        return [np.asarray(frame.to_ndarray(format="bgr24")) for frame in container.decode(video=0)]


def _jpeg(image_bgr: Image) -> bytes:
    import cv2

    done, data = cv2.imencode(".jpg", image_bgr)
    assert done
    return bytes(data.tobytes())
