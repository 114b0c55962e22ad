"""Network cameras: RTSP and HTTP streams."""

from __future__ import annotations

import socket
import time
from http.client import HTTPException, HTTPResponse

from fallwatch.core.message import Message
from fallwatch.core.protocols import LoginRefusedError, SourceError
from fallwatch.sources.address import check_address, display_address
from fallwatch.sources.camera.http_images import (
    MotionJpeg,
    StillImages,
    open_images,
)
from fallwatch.sources.camera.http_session import HttpError, HttpSession
from fallwatch.sources.camera.lateness import Lateness
from fallwatch.sources.camera.live_camera import LiveCamera
from fallwatch.sources.decoding.capture import Capture
from fallwatch.sources.decoding.video_decoder import VIDEO_DECODER

_CONNECT_TIMEOUT_S = 4.0
_STREAM_TIMEOUT_MS = 5000

#: At its time-out FFmpeg may still let out half an image, which would pass for a living camera.
_TORN_AFTER_S = 4.5

_GOOD, _REFUSED, _FORBIDDEN, _NOT_FOUND = 200, 401, 403, 404


class NetworkStreamSource(LiveCamera):
    """A camera on the network. It gives up after 9 s of opening, and after 5 s of reading.

    Args:
        url: ``rtsp://``, ``rtsps://``, ``http://`` or ``https://``, with user and password if the
            camera wants them. They never appear in `name` or in a message.
    """

    def __init__(self, url: str) -> None:
        shown = display_address(url)
        super().__init__(
            name=shown,
            lost=Message(
                "{0} has stopped sending images. Check the camera's power and network.", (shown,)
            ),
            patience_s=_TORN_AFTER_S,
        )
        self._lost_stream = self._lost
        scheme, separator, rest = url.strip().partition("://")
        self._url = f"{scheme.lower()}{separator}{rest}"
        self._lateness = Lateness()

    def _open_capture(self) -> Capture:
        self._check_reachable(*check_address(self._url))
        self._raise_if_interrupted()
        self._lost = self._lost_stream
        self._lateness = Lateness()
        images = self._open_images() if self._url.startswith("http") else None
        return images or self._open_video()

    def _open_video(self) -> Capture:
        """Any video that FFmpeg can read."""
        from fallwatch.sources.opencv import cv2, open_video

        parameters = {
            cv2.CAP_PROP_OPEN_TIMEOUT_MSEC: _STREAM_TIMEOUT_MS,
            cv2.CAP_PROP_READ_TIMEOUT_MSEC: _STREAM_TIMEOUT_MS,
            # More threads decode several frames at once, and each comes later for it.
            cv2.CAP_PROP_N_THREADS: 1,
        }
        began_s = time.perf_counter()
        capture = VIDEO_DECODER.open(
            self._name,
            lambda further: open_video(self._url, {**parameters, **further}),
            _TORN_AFTER_S,
        )
        if capture is None:
            if time.perf_counter() - began_s < _STREAM_TIMEOUT_MS / 2000 and self._refuses_login():
                raise self._login_refused()
            raise self._no_video()
        return capture

    def _open_images(self) -> MotionJpeg | StillImages | None:
        """JPEG images over HTTP; None if it is something else, for FFmpeg to read.

        FFmpeg gives up where images are not parted as it expects, and knows no single ones.
        """
        session = HttpSession(self._url, _STREAM_TIMEOUT_MS / 1000)
        try:
            response = session.get()
            self._check_answer(response, session)
            images = open_images(session, response)
        except HTTPException:
            images = None  # some old servers of streams speak their own kind of HTTP
        except HttpError as error:
            session.close()
            raise self._no_video() from error
        except SourceError:
            session.close()
            raise
        if images is None:
            session.close()
        if isinstance(images, StillImages):
            self._lost = Message(
                "{0} gives single images when asked, and does so no more. Check the camera's "
                "power and network.",
                (self._name,),
            )
        return images

    def _check_answer(self, response: HTTPResponse, session: HttpSession) -> None:
        status = response.status
        if status in (_REFUSED, _FORBIDDEN):
            raise self._login_refused()
        if status == _NOT_FOUND:
            raise SourceError(
                Message(
                    "{0} has nothing at this path. Check the path; the camera's manual names it.",
                    (self._name,),
                )
            )
        if status != _GOOD:
            raise SourceError(
                Message(
                    "{0} answers with error {1}. Check the path, and switch the camera off and "
                    "on again.",
                    (self._name, status),
                )
            )
        if (response.getheader("Content-Type") or "").lower().startswith("text/html"):
            raise SourceError(
                Message(
                    "{0} is a web page and no video. Give the address of the camera's video "
                    "stream or image; its manual names it.",
                    (self._name,),
                )
            )

    def _login_refused(self) -> LoginRefusedError:
        if "@" not in self._url:
            return LoginRefusedError(
                Message(
                    "{0} wants a user and a password. Enter them with the camera.", (self._name,)
                )
            )
        return LoginRefusedError(
            Message(
                "{0} says: wrong user or password. It is tried again only every few minutes, "
                "because cameras lock accounts.",
                (self._name,),
            )
        )

    def _no_video(self) -> SourceError:
        return SourceError(
            Message(
                "{0} answers, but sends no video. Check the path, the user and the password; "
                "the camera's manual names them.",
                (self._name,),
            )
        )

    def _refuses_login(self) -> bool:
        """Whether that is why FFmpeg could not open it: OpenCV does not tell."""
        import av

        options = {"rtsp_transport": "tcp"} if self._url.startswith("rtsp") else {}
        try:
            av.open(self._url, options=options, timeout=_STREAM_TIMEOUT_MS / 1000).close()
        except (av.error.HTTPUnauthorizedError, av.error.HTTPForbiddenError):
            return True
        except (av.error.FFmpegError, OSError, ValueError):
            return False
        return False

    def _late_s(self, capture: Capture, now_s: float) -> float:
        from fallwatch.sources.opencv import cv2

        # Motion JPEG has no time stamps: there it reads some number that never changes.
        return self._lateness.update(capture.get(cv2.CAP_PROP_POS_MSEC) / 1000, now_s)

    def _check_reachable(self, host: str, port: int) -> None:
        """Find out why a camera cannot be reached: FFmpeg would only say that it cannot."""
        try:
            socket.create_connection((host, port), _CONNECT_TIMEOUT_S).close()
        except socket.gaierror:
            problem = Message("nothing on the network is called {0}. Check the name", (host,))
        except TimeoutError:
            problem = Message("no answer. Check the camera's power, network and address")
        except ConnectionRefusedError:
            problem = Message(
                "nothing there listens on port {0}. Check the port and the camera", (port,)
            )
        except (OSError, UnicodeError):
            problem = Message(
                "the network does not lead there. Check this PC's network and the address"
            )
        else:
            return
        raise SourceError(Message("{0} cannot be reached: {1}.", (self._name, problem)))
