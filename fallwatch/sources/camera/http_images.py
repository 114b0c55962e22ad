"""Images of a camera over HTTP: Motion JPEG, however it is parted, and single ones on request.

Both have the face of OpenCV's capture, so that `fallwatch.sources.camera.live_camera` reads them
like any other.
"""

from __future__ import annotations

import time
from http.client import HTTPResponse

import numpy as np

from fallwatch.core.types import Image
from fallwatch.sources.camera.http_session import HttpError, HttpSession
from fallwatch.sources.camera.jpeg_scanner import MOST_BYTES, JpegScanner

#: Nobody analyses more; a camera that is asked for single images has other things to do.
STILLS_PER_S = 15.0

#: An image must be whole within this time.
_IMAGE_S = 4.0

#: A camera that is busy for a moment is asked again after this.
_BUSY_S = 0.2

#: An image of which half the longer side is still as much is made half as large by the decoder,
#: which costs a third less. Recordings are no larger, and people are judged at 256 pixels.
ENOUGH_SIDE_PX = 1280

_CHUNK_BYTES = 1 << 16

#: Images in a row that cannot be decoded before the camera is opened again.
_MOST_BROKEN = 30

_GOOD = 200


class _HttpImages:
    def __init__(self, session: HttpSession) -> None:
        self._session = session
        self._image = b""
        self._longer_side_px = 0

    def grab(self) -> bool:
        """Wait for the next frame; False if none comes."""
        raise NotImplementedError

    def retrieve(self) -> tuple[bool, Image | None]:
        """Decode the frame that was waited for, or the next that can be decoded."""
        from fallwatch.sources.opencv import cv2

        for _ in range(_MOST_BROKEN):
            is_large = self._longer_side_px >= 2 * ENOUGH_SIDE_PX
            flags = cv2.IMREAD_REDUCED_COLOR_2 if is_large else cv2.IMREAD_COLOR
            # None where it is broken, whatever its type says.
            image: object = cv2.imdecode(np.frombuffer(self._image, np.uint8), flags)
            if image is not None:
                return True, np.asarray(image, dtype=np.uint8)
            if not self.grab():
                break
        return False, None

    def get(self, name: int, /) -> float:
        """0.0: neither rate nor time stamps are known."""
        return 0.0

    def release(self) -> None:
        """Hang up."""
        self._session.close()


class MotionJpeg(_HttpImages):
    """The images of one endless response.

    Args:
        session: It belongs to.
        response: What is to be read on.
        head: What was read of it.
    """

    def __init__(self, session: HttpSession, response: HTTPResponse, head: bytes) -> None:
        super().__init__(session)
        self._response = response
        self._scanner = JpegScanner()
        self._scanner.feed(head)
        self.has_ended = False

    def grab(self) -> bool:
        """Wait for the next frame; False if none comes."""
        deadline_s = time.perf_counter() + _IMAGE_S
        while (image := self._scanner.take()) is None:
            if self.has_ended or time.perf_counter() > deadline_s:
                return False
            try:
                data = self._response.read1(_CHUNK_BYTES)
            except HttpError:
                return False
            self.has_ended = not data
            self._scanner.feed(data)
        self._image, self._longer_side_px = image, self._scanner.longer_side_px
        return True


class StillImages(_HttpImages):
    """A camera that gives one image a request: it is asked again and again.

    Args:
        session: Which has given one already.
    """

    def __init__(self, session: HttpSession) -> None:
        super().__init__(session)
        self._due_s = 0.0

    def grab(self) -> bool:
        """Ask for the next frame, no sooner than it is wanted; False if none comes."""
        time.sleep(max(0.0, self._due_s - time.perf_counter()))
        began_s = time.perf_counter()
        self._due_s = began_s + 1 / STILLS_PER_S
        while time.perf_counter() - began_s < _IMAGE_S:
            try:
                response = self._session.get()
                body = response.read(MOST_BYTES)
                if not response.isclosed():
                    self._session.close()  # there is more of it
            except HttpError:
                self._session.close()
                return False
            if response.status == _GOOD:
                scanner = JpegScanner()
                scanner.feed(body)
                self._image = scanner.take() or b""
                self._longer_side_px = scanner.longer_side_px
                return bool(self._image)
            if response.status < 500:
                return False
            time.sleep(_BUSY_S)
        return False


def open_images(session: HttpSession, response: HTTPResponse) -> MotionJpeg | StillImages | None:
    """What a good response gives; None if it holds no JPEG images.

    Raises:
        OSError: See `fallwatch.sources.camera.http_session.HttpSession.get`.
        HTTPException: Likewise.
    """
    kind = (response.getheader("Content-Type") or "").partition(";")[0].strip().lower()
    if kind.startswith("image/") and response.getheader("Content-Length"):
        session.close()
        return StillImages(session)
    head = response.read1(_CHUNK_BYTES)
    if not kind.startswith(("multipart/", "image/")) and not _looks_like_images(head):
        return None
    stream = MotionJpeg(session, response, head)
    if kind.startswith("image/") and stream.grab() and not stream.grab() and stream.has_ended:
        stream.release()
        return StillImages(session)
    return stream


def _looks_like_images(head: bytes) -> bool:
    start = head.lstrip()
    return (
        start.startswith((b"\xff\xd8\xff", b"--")) or b"content-type: image/" in head[:300].lower()
    )
