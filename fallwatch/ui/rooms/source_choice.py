"""What somebody chose to watch: a clip, a webcam or a network stream."""

from __future__ import annotations

from dataclasses import dataclass

from PySide6.QtCore import QMimeData

from fallwatch.settings import CameraSettings
from fallwatch.sources.camera_source import is_recorded
from fallwatch.sources.registry import make_source

#: What file dialogs offer as clips; any other file may still be chosen under "all files".
CLIP_PATTERNS = "*.mp4 *.avi *.mkv *.mov *.m4v *.webm *.mpg *.mpeg *.wmv"


@dataclass(frozen=True, slots=True)
class SourceChoice:
    """A source before it is opened.

    Attributes:
        text: A webcam's number, a network address or the path of a clip; may hold a password.
        name: What the source calls itself, in every event and on the screen; without password.
        is_clip: True for a recorded file: its alarms end with it.
        camera: The configured camera it is; None for what is opened once.
    """

    text: str
    name: str
    is_clip: bool
    camera: CameraSettings | None = None

    @property
    def ends(self) -> bool:
        """Whether it comes to an end; as a camera, a file begins again."""
        return self.is_clip and self.camera is None


def choose(text: str) -> SourceChoice:
    """The choice that a text means. Nothing is opened or imported for it.

    Raises:
        SourceError: It means no source; the message says what to write instead.
    """
    source = make_source(text)
    return SourceChoice(text, source.name, not source.is_live)


def choose_camera(camera: CameraSettings) -> SourceChoice:
    """The choice that a configured camera means. Nothing is opened or imported for it.

    Raises:
        SourceError: Its source is none; the message says what to write instead.
    """
    return SourceChoice(camera.source, camera.name, is_recorded(camera.source), camera)


def dropped_file(mime: QMimeData) -> str | None:
    """Path of the first local file of something dragged here; None if there is none."""
    return next((url.toLocalFile() for url in mime.urls() if url.isLocalFile()), None)
