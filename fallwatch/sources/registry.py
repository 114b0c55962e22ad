"""The registry of sources: from the text a person gives to the source it means."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from fallwatch.core.message import Message
from fallwatch.core.protocols import FrameSource, SourceError
from fallwatch.sources.address import SCHEMES, check_address
from fallwatch.sources.camera.network_stream import NetworkStreamSource
from fallwatch.sources.camera.webcam import WebcamSource
from fallwatch.sources.clip.video_file import VideoFileSource
from fallwatch.sources.options import (
    FILE_OPTIONS,
    STREAM_OPTIONS,
    WEBCAM_OPTIONS,
    SourceOption,
)


def _accept(text: str) -> None:
    """Take any text."""


@dataclass(frozen=True, slots=True)
class SourceKind:
    """One way to get frames.

    Attributes:
        name: Short and unique.
        matches: Whether a text means this kind.
        make: Builds the source, without opening it, from the text and whether a clip shall play
            at its own speed; cameras always do.
        title: What people choose in a form, in English, with ``&`` before the letter of its key.
        hint: A sentence below the fields, in English; may be empty.
        options: What is entered in the form; a kind without options is not offered there.
        check: Raises `SourceError` for a text of this kind that can be no source.
    """

    name: str
    matches: Callable[[str], bool]
    make: Callable[[str, bool], FrameSource]
    title: str = ""
    hint: str = ""
    options: tuple[SourceOption, ...] = ()
    check: Callable[[str], object] = _accept


class SourceRegistry:
    """Kinds of source, asked in the order in which they were added."""

    def __init__(self) -> None:
        self._kinds: list[SourceKind] = []

    @property
    def kinds(self) -> tuple[SourceKind, ...]:
        """All kinds, in order."""
        return tuple(self._kinds)

    def add(self, kind: SourceKind) -> None:
        """Add a kind after the others.

        Raises:
            ValueError: Its name is taken.
        """
        if any(kind.name == known.name for known in self._kinds):
            raise ValueError(f"there is already a kind of source named {kind.name!r}")
        self._kinds.append(kind)

    def kind_of(self, text: str) -> SourceKind | None:
        """The kind of source that a text means; None if it means none."""
        wanted = text.strip()
        return next((kind for kind in self._kinds if kind.matches(wanted)), None)

    def make(self, text: str, *, realtime: bool = False) -> FrameSource:
        """The source that a text means, not yet opened.

        Raises:
            SourceError: It means none.
        """
        wanted = text.strip()
        kind = self.kind_of(wanted)
        if kind is not None:
            return kind.make(wanted, realtime)
        problem = (
            Message("{0} is no source of images", (_shown(wanted),))
            if wanted
            else Message("No source was given")
        )
        raise SourceError(
            Message(
                "{0}. Give the number of a webcam, a video file, or an address that begins "
                "with {1}.",
                (problem, ", ".join(f"{s}://" for s in SCHEMES)),
            )
        )


def _is_index(text: str) -> bool:
    return text.isascii() and text.isdigit()


def _is_stream(text: str) -> bool:
    return text.partition("://")[0].lower() in SCHEMES and "://" in text


def _is_file(text: str) -> bool:
    return bool(text) and "://" not in text


def _shown(text: str) -> str:
    # Of an address that is not understood only the kind is shown: it may hold a password.
    scheme, separator, _ = text.partition("://")
    return f"{scheme}{separator}" if separator else text


registry = SourceRegistry()
registry.add(
    SourceKind(
        "webcam",
        _is_index,
        lambda text, _: WebcamSource(int(text)),
        title="&Webcam of this computer",
        options=WEBCAM_OPTIONS,
    )
)
registry.add(
    SourceKind(
        "stream",
        _is_stream,
        lambda text, _: NetworkStreamSource(text),
        title="&Network camera",
        options=STREAM_OPTIONS,
        check=check_address,
    )
)
registry.add(
    SourceKind(
        "file",
        _is_file,
        VideoFileSource,
        title="Video &file, played over and over",
        hint="To try fallwatch out. A file is a clip: its alarms say so, and end when it is "
        "stopped or fallwatch is quit.",
        options=FILE_OPTIONS,
    )
)


def make_source(text: str, *, realtime: bool = False) -> FrameSource:
    """The source that a text means, not yet opened.

    Args:
        text: A webcam's number, a stream's URL, or a file.
        realtime: Whether a clip plays at its own speed instead of as fast as it can be read.

    Raises:
        SourceError: The text means no source.
    """
    return registry.make(text, realtime=realtime)
