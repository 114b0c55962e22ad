"""The media folder: snapshots and clips of events, beside the record and named after the event."""

from __future__ import annotations

import contextlib
import os
from functools import partial
from pathlib import Path

from fallwatch.system.files import patiently, replace_patiently

#: Name of the folder in ``paths.data_dir()``.
MEDIA_FOLDER = "recordings"

_SPOOL = ".shots"
_PART = ".part"
_SUFFIXES = (".jpg", ".mp4", ".json", _SPOOL, f".jpg{_PART}", f".json{_PART}")


class MediaFolder:
    """The recordings of all events: for each a snapshot, a clip and the evidence over time.

    Any of the three may be missing: the disk was full, or fallwatch was ended meanwhile. While a
    clip is being written, its shots lie beside it. Others on this computer cannot read any of it.
    """

    def __init__(self, folder: Path) -> None:
        """Remember the place; it is made when something is written."""
        self.folder = folder

    def snapshot(self, event_id: str) -> Path:
        """The snapshot of the moment the alarm was raised (JPEG)."""
        return self._path(event_id, ".jpg")

    def clip(self, event_id: str) -> Path:
        """The clip around that moment (MP4)."""
        return self._path(event_id, ".mp4")

    def evidence(self, event_id: str) -> Path:
        """The evidence while the clip lasts; see `evidence_track`."""
        return self._path(event_id, ".json")

    def spool(self, event_id: str) -> Path:
        """The shots of a clip that is not written to its end; see `spool`."""
        return self._path(event_id, _SPOOL)

    def abandoned(self, *, before_unix_s: float) -> list[str]:
        """Ids of events whose clip nobody has worked on since then: whoever did was killed.

        Raises:
            OSError: The folder cannot be read.
        """
        found = []
        for path in sorted(self.folder.glob(f"*{_SPOOL}")):
            with contextlib.suppress(FileNotFoundError):
                if path.stat().st_mtime < before_unix_s:
                    found.append(path.stem)
        return found

    def prepare(self) -> None:
        """Make the folder.

        Raises:
            OSError: It cannot be made.
        """
        self.folder.mkdir(parents=True, exist_ok=True, mode=0o700)

    def write(self, path: Path, content: bytes) -> None:
        """Write one file so that it is there as a whole or not at all.

        Raises:
            OSError: It cannot be written.
        """
        self.prepare()
        part = path.with_name(path.name + _PART)
        try:
            part.touch(mode=0o600)
            part.write_bytes(content)
            replace_patiently(part, path)
        except OSError:
            with contextlib.suppress(OSError):
                part.unlink(missing_ok=True)
            raise

    def sizes(self) -> dict[str, int]:
        """Bytes that each event's recordings take, by event id.

        Raises:
            OSError: The folder cannot be read.
        """
        found: dict[str, int] = {}
        if self.folder.is_dir():
            with os.scandir(self.folder) as entries:
                for entry in entries:
                    event_id, _, _ = entry.name.partition(".")
                    with contextlib.suppress(FileNotFoundError):
                        found[event_id] = found.get(event_id, 0) + entry.stat().st_size
        return found

    def delete(self, event_id: str) -> None:
        """Delete an event's recordings, as far as there are any.

        Raises:
            OSError: One cannot be deleted.
        """
        for suffix in _SUFFIXES:
            path = self._path(event_id, suffix)
            patiently(partial(path.unlink, missing_ok=True))

    def _path(self, event_id: str, suffix: str) -> Path:
        if not event_id or not all(letter.isalnum() or letter in "-_" for letter in event_id):
            raise ValueError(f"{event_id!r} is no event id")
        return self.folder / f"{event_id}{suffix}"
