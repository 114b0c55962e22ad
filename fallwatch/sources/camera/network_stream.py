"""Network cameras: RTSP and HTTP streams."""

from __future__ import annotations

import socket
from typing import TYPE_CHECKING

from fallwatch.core.message import Message
from fallwatch.core.protocols import SourceError
from fallwatch.sources.address import check_address, display_address
from fallwatch.sources.camera.lateness import Lateness
from fallwatch.sources.camera.live_camera import LiveCamera

if TYPE_CHECKING:
    from fallwatch.sources.opencv import cv2

_CONNECT_TIMEOUT_S = 4.0
_STREAM_TIMEOUT_MS = 5000

#: At its time-out FFmpeg may still let out half a picture, which would pass for a living camera.
_TORN_AFTER_S = 4.5


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
                "{0} has stopped sending pictures. Check the camera's power and network.", (shown,)
            ),
            patience_s=_TORN_AFTER_S,
        )
        self._url = url.strip()
        self._lateness = Lateness()

    def _open_capture(self) -> cv2.VideoCapture:
        self._check_reachable(*check_address(self._url))
        self._raise_if_interrupted()
        from fallwatch.sources.opencv import cv2, open_video

        parameters = {
            cv2.CAP_PROP_OPEN_TIMEOUT_MSEC: _STREAM_TIMEOUT_MS,
            cv2.CAP_PROP_READ_TIMEOUT_MSEC: _STREAM_TIMEOUT_MS,
            # More threads decode several pictures at once, and each comes later for it.
            cv2.CAP_PROP_N_THREADS: 1,
        }
        capture = open_video(self._url, parameters)
        if not capture.isOpened():
            capture.release()
            raise SourceError(
                Message(
                    "{0} answers, but sends no video. Check the path, the user and the password; "
                    "the camera's manual names them.",
                    (self._name,),
                )
            )
        self._lateness = Lateness()
        return capture

    def _late_s(self, capture: cv2.VideoCapture, now_s: float) -> float:
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
