"""A configured camera as a source: it carries the room's name, and its login only when it opens."""

from __future__ import annotations

import threading
from collections.abc import Callable
from dataclasses import replace

from fallwatch.core.message import Message, message_of
from fallwatch.core.protocols import FrameSource, SelectiveSource, SourceError
from fallwatch.core.types import Frame
from fallwatch.settings import CameraSettings
from fallwatch.sources.clip.video_file import VideoFileSource
from fallwatch.sources.registry import make_source
from fallwatch.system.secrets.passwords import PasswordError, Passwords, split_login, with_login


class RoomSource:
    """Gives another source the name of a room. A recorded file counts as a live camera.

    Args:
        name: Of the room; every frame carries it.
        make: Makes the source behind it; called by `open`, so it may ask for a password.
    """

    def __init__(self, name: str, make: Callable[[], FrameSource]) -> None:
        self._name = name
        self._make = make
        self._interrupted = threading.Event()
        self._inner: FrameSource | None = None

    @property
    def name(self) -> str:
        """The room's name."""
        return self._name

    @property
    def is_live(self) -> bool:
        """True: of what cannot be analysed in time the newest counts."""
        return True

    @property
    def fps(self) -> float:
        """See `fallwatch.core.protocols.FrameSource.fps`."""
        return 0.0 if self._inner is None else self._inner.fps

    @property
    def duration_s(self) -> float | None:
        """None: a file begins again at its end."""
        return None

    def open(self) -> None:
        """See `fallwatch.core.protocols.FrameSource.open`."""
        self.close()
        inner = self._inner = self._make()
        if self._interrupted.is_set():
            raise SourceError(Message("Opening {0} was interrupted.", (self._name,)))
        inner.open()

    def read(self) -> Frame:
        """See `fallwatch.core.protocols.FrameSource.read`."""
        if self._inner is None:
            raise SourceError(Message("{0} is not open.", (self._name,)))
        return replace(self._inner.read(), camera=self._name)

    def read_if(self, wanted: Callable[[float], bool]) -> Frame | None:
        """See `fallwatch.core.protocols.SelectiveSource.read_if`."""
        if not isinstance(self._inner, SelectiveSource):
            frame = self.read()
            return frame if wanted(frame.timestamp_s) else None
        selected = self._inner.read_if(wanted)
        return None if selected is None else replace(selected, camera=self._name)

    def interrupt(self) -> None:
        """See `fallwatch.core.protocols.FrameSource.interrupt`."""
        self._interrupted.set()
        if self._inner is not None:
            self._inner.interrupt()

    def close(self) -> None:
        """See `fallwatch.core.protocols.FrameSource.close`."""
        if self._inner is not None:
            self._inner.close()


def camera_source(
    camera: CameraSettings, passwords: Passwords, typed: str | None = None
) -> RoomSource:
    """The source of a configured camera, not yet opened. Cheap; any thread.

    Args:
        camera: Which.
        passwords: Asked when it opens.
        typed: A password to use instead.
    """
    return RoomSource(camera.name, lambda: _make(camera, passwords, typed))


def addressed_source(text: str, passwords: Passwords, *, realtime: bool = False) -> FrameSource:
    """The source that a text means, not yet opened. Cheap; any thread.

    An address that names a user and no password gets the one that is stored, when it opens. One
    like ``rtsp://anna:@camera`` says that there is none.

    Args:
        text: A webcam's number, a stream's URL, or a file.
        passwords: Asked when it opens.
        realtime: Whether a clip plays at its own speed instead of as fast as it can be read.

    Raises:
        SourceError: The text means no source.
    """
    source = make_source(text, realtime=realtime)
    address, user, _ = split_login(text.strip())
    if not user or ":" in _login_of(text):
        return source
    return RoomSource(source.name, lambda: _logged_in(address, user, passwords))


def is_recorded(source: str) -> bool:
    """Whether a camera's source is a video file.

    Raises:
        SourceError: It is no source at all.
    """
    return not make_source(source).is_live


def _make(camera: CameraSettings, passwords: Passwords, typed: str | None) -> FrameSource:
    if is_recorded(camera.source):
        return VideoFileSource(camera.source, realtime=True, loop=True)
    if not camera.user:
        return make_source(camera.source)
    return _logged_in(camera.source, camera.user, passwords, typed)


def _logged_in(
    address: str, user: str, passwords: Passwords, typed: str | None = None
) -> FrameSource:
    try:
        password = passwords.get(address, user) if typed is None else typed
    except PasswordError as error:
        raise SourceError(message_of(error)) from error
    return make_source(with_login(address, user, password))


def _login_of(address: str) -> str:
    return address.partition("://")[2].rpartition("@")[0]
