"""Options of each kind of source, as data: forms build themselves from it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

#: Which setting of a camera keeps what was entered; a password is never among the settings.
Target = Literal["source", "user", "password"]

#: How it is entered: a webcam is chosen from a list, a secret is not shown while it is typed, an
#: address may be a host alone.
Entry = Literal["webcam", "text", "secret", "file", "address"]


@dataclass(frozen=True, slots=True)
class SourceOption:
    """One thing to enter.

    Attributes:
        target: Where it goes.
        label: What it is called, in English; an ``&`` stands before the letter of its key.
        entry: How it is entered.
        default: What holds where nothing was entered.
        example: Shown in the empty field.
    """

    target: Target
    label: str
    entry: Entry = "text"
    default: str = ""
    example: str = ""


WEBCAM_OPTIONS = (SourceOption("source", "Webcam", "webcam", default="0"),)

STREAM_OPTIONS = (
    SourceOption("source", "&Address", "address", example="192.168.1.20"),
    SourceOption("user", "&User"),
    SourceOption("password", "&Password", "secret"),
)

FILE_OPTIONS = (SourceOption("source", "Video file", "file"),)
