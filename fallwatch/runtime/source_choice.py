"""The source a person means: a configured room by its name, or a webcam, stream or clip."""

from __future__ import annotations

from dataclasses import dataclass, replace
from pathlib import Path

from fallwatch.core.message import Message
from fallwatch.core.protocols import FrameSource, SourceError
from fallwatch.settings import CameraSettings, Settings
from fallwatch.sources.camera_source import addressed_source, camera_source, is_recorded
from fallwatch.sources.registry import make_source
from fallwatch.system.secrets.passwords import Passwords, split_login


@dataclass(frozen=True, slots=True)
class SourceChoice:
    """A source before it is opened.

    Attributes:
        text: A webcam's number, a network address or the path of a clip; may hold a password.
        name: What the room is called, in every event and on the screen; without password.
        is_clip: True for a recorded file: its alarms end with it.
        camera: The configured camera whose zones and privacy count; None if there is none.
        by_address: Whether it is opened once, by its address, and not as the configured camera.
    """

    text: str
    name: str
    is_clip: bool
    camera: CameraSettings | None = None
    by_address: bool = False

    @property
    def is_room(self) -> bool:
        """Whether it is a configured room, which is watched for ever."""
        return self.camera is not None and not self.by_address

    @property
    def ends(self) -> bool:
        """Whether it comes to an end; as a configured camera, a file begins again."""
        return self.is_clip and not self.is_room

    def make_source(self, passwords: Passwords, *, realtime: bool = True) -> FrameSource:
        """The source itself, not yet opened. Cheap; any thread.

        Args:
            passwords: Asked for the camera's password when it opens.
            realtime: Whether a clip plays at its own speed instead of as fast as it can be read.

        Raises:
            SourceError: The text means no source.
        """
        if self.camera is not None and self.is_room:
            return camera_source(self.camera, passwords)
        return addressed_source(self.text, passwords, realtime=realtime)


def choose(text: str, settings: Settings) -> SourceChoice:
    """The choice that a text means. Nothing is opened or imported for it.

    Args:
        text: The name of a configured room, whatever its case; or a webcam's number, a network
            address or the path of a clip. Of a configured camera's address, the zones and the
            privacy count as well.
        settings: Hold the configured rooms.

    Raises:
        SourceError: It means no source; the message says what to write instead.
    """
    name = text.strip()
    same = [each for each in settings.cameras if each.name.casefold() == name.casefold()]
    if same:
        return choose_camera(next((each for each in same if each.name == name), same[0]))
    if settings.cameras and _may_be_a_name(name):
        rooms = ", ".join(camera.name for camera in settings.cameras)
        raise SourceError(
            Message("There is neither a room nor a file {0}. The rooms are: {1}.", (name, rooms))
        )
    source = make_source(text)
    choice = SourceChoice(text, source.name, not source.is_live)
    address = split_login(text.strip())[0]
    for camera in settings.cameras:
        if split_login(camera.source)[0] == address:
            return replace(choice, camera=camera, by_address=True)
    return choice


def _may_be_a_name(text: str) -> bool:
    """Whether a text is more likely the misspelt name of a room than the path of a clip."""
    is_address = "://" in text or (text.isascii() and text.isdigit())
    return not (is_address or Path(text).suffix or Path(text).exists())


def choose_camera(camera: CameraSettings) -> SourceChoice:
    """The choice that a configured camera means. Nothing is opened or imported for it.

    Raises:
        SourceError: Its source is none; the message says what to write instead.
    """
    return SourceChoice(camera.source, camera.name, is_recorded(camera.source), camera)
