"""One event's clip and evidence while they are being recorded."""

from __future__ import annotations

import contextlib
from collections import deque
from collections.abc import Iterable
from pathlib import Path

from fallwatch.recording.clip_writer import ClipError, ClipWriter
from fallwatch.recording.evidence_track import EvidenceTrack, Point, to_json
from fallwatch.recording.jpeg import from_jpeg
from fallwatch.recording.media import MediaFolder
from fallwatch.recording.pre_roll import Shot
from fallwatch.recording.spool import Spool, read_spool

#: The evidence on disk is never older than this while a clip is recorded.
_SAVE_EVERY_S = 5.0


class EventClip:
    """Takes shots in at once, and writes them one by one when it is told to.

    Args:
        media: Where to write.
        event_id: Which event.
        event_s: When the alarm was raised, on the clock of the shots.
        until_s: With the first shot from then on the clip is complete.
        before: The shots before the alarm.
        source_clip: The recorded clip that is being watched: then no frames are copied.
        spooled: Whether the shots before come from this clip's own spool.
    """

    def __init__(
        self,
        media: MediaFolder,
        event_id: str,
        *,
        event_s: float,
        until_s: float,
        before: Iterable[Shot],
        source_clip: Path | None = None,
        spooled: bool = False,
    ) -> None:
        self.event_id = event_id
        self._media = media
        self._event_s, self._until_s = event_s, until_s
        self._waiting = deque(before)
        self._source_clip = source_clip
        # Times in a recorded clip are its own; a clip made here begins with its first shot.
        first_s = self._waiting[0].time_s if self._waiting else event_s
        self._start_s = 0.0 if source_clip is not None else first_s
        self._writer: ClipWriter | None = None
        self._points: list[Point] = []
        self._saved_s = float("-inf")
        self._complete = False
        self._spool = Spool(media.spool(event_id))
        if source_clip is None and not spooled:
            self._begin_spool()

    @classmethod
    def resume(cls, media: MediaFolder, event_id: str) -> EventClip:
        """The clip that a killed fallwatch left behind; all its shots wait to be written.

        Raises:
            SpoolError: Its spool is damaged from the start.
            OSError: The spool cannot be read.
        """
        event_s, shots = read_spool(media.spool(event_id))
        clip = cls(media, event_id, event_s=event_s, until_s=event_s, before=shots, spooled=True)
        clip.complete()
        return clip

    @property
    def waiting_bytes(self) -> int:
        """What the shots not yet written take."""
        return sum(len(shot.jpeg) for shot in self._waiting)

    @property
    def is_done(self) -> bool:
        """True once the last shot is written."""
        return self._complete and not self._waiting

    def add(self, shot: Shot) -> None:
        """Take in the newest shot; without effect once the clip is complete."""
        if not self._complete:
            self._waiting.append(shot)
            self._spool.add(shot)
            self._complete = shot.time_s >= self._until_s

    def complete(self) -> None:
        """No more shots will come."""
        self._complete = True

    def write_next(self) -> bool:
        """Write one shot.

        Returns:
            True if more are waiting.

        Raises:
            ClipError: The clip cannot be written.
            OSError: The evidence cannot be written.
        """
        if self._waiting:
            shot = self._waiting.popleft()
            time_s = shot.time_s - self._start_s
            if self._source_clip is None:
                self._write_snapshot(time_s, shot)
            self._points.append(Point(time_s, shot.p_fall, shot.score))
            self._spool.touch()
            if shot.time_s - self._saved_s >= _SAVE_EVERY_S:
                self._saved_s = shot.time_s
                self._save_evidence()
        return bool(self._waiting)

    def finish(self) -> None:
        """Close the clip and write the evidence. Safe to call twice.

        What waits is left out; the next start writes it from the spool.

        Raises:
            ClipError: The clip cannot be written to its end.
            OSError: The evidence cannot be written.
        """
        self._complete = True
        cut_short = bool(self._waiting)
        self._waiting.clear()
        writer, self._writer = self._writer, None
        try:
            self._save_evidence()
        finally:
            if writer is not None:
                writer.close()
        if not cut_short:
            self._spool.delete()

    def give_up(self) -> None:
        """Stop, and delete the clip: its space is needed for more important things."""
        with contextlib.suppress(ClipError, OSError):
            self.finish()  # It is deleted anyway.
        with contextlib.suppress(OSError):
            self._media.clip(self.event_id).unlink(missing_ok=True)
        self._spool.delete()

    def _begin_spool(self) -> None:
        with contextlib.suppress(OSError):
            self._media.prepare()
        self._spool.begin(self._event_s)
        for shot in self._waiting:
            self._spool.add(shot)

    def _write_snapshot(self, time_s: float, shot: Shot) -> None:
        if self._writer is None:
            self._media.prepare()
            self._writer = ClipWriter(self._media.clip(self.event_id))
        self._writer.write(time_s, from_jpeg(shot.jpeg))

    def _save_evidence(self) -> None:
        source = None if self._source_clip is None else str(self._source_clip)
        track = EvidenceTrack(self._event_s - self._start_s, tuple(self._points), source)
        self._media.write(self._media.evidence(self.event_id), to_json(track))
