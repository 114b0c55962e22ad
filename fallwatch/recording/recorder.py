"""Records what a camera saw around each event. No thread and no clock: the caller brings both."""

from __future__ import annotations

import logging
from collections.abc import Callable
from pathlib import Path

from fallwatch.core.message import Message, message_of
from fallwatch.core.types import Analysis, Image
from fallwatch.recording.clip_writer import ClipError
from fallwatch.recording.event_clip import EventClip
from fallwatch.recording.jpeg import to_jpeg
from fallwatch.recording.media import MediaFolder
from fallwatch.recording.pre_roll import PreRoll, Shot
from fallwatch.recording.spool import SpoolError

_log = logging.getLogger(__name__)

#: What a clip shows before and after the alarm.
BEFORE_S, AFTER_S = 10.0, 20.0

#: What the frames kept for one camera may take: 10 s at 15 frames per second, 160 kB each.
MAX_RING_BYTES = 24 * 1024 * 1024

Render = Callable[[Analysis], Image]


def as_seen(analysis: Analysis) -> Image:
    """The camera's own image."""
    return analysis.frame.image_bgr


class Recorder:
    """One camera: its last seconds, and the clips under way. One thread uses it.

    Args:
        media: Where snapshots and clips go.
        render: Makes the image that may be stored, such as one with blurred people. Called for
            everything that is kept, so the camera's own image does not reach memory or disk
            where somebody wants it otherwise.
        source_clip: The recorded clip that is being watched, if it is one: only a snapshot, the
            evidence and this path are stored then.
        on_failure: Told why a snapshot or clip could not be stored.
    """

    def __init__(
        self,
        media: MediaFolder,
        *,
        render: Render = as_seen,
        source_clip: Path | None = None,
        on_failure: Callable[[Message], None],
    ) -> None:
        self._media = media
        self._render = render
        self._source_clip = source_clip
        self._on_failure = on_failure
        self._ring = PreRoll(BEFORE_S, MAX_RING_BYTES)
        self._clips: list[EventClip] = []
        self._last_s = float("-inf")

    @property
    def memory_bytes(self) -> int:
        """What the images in memory take."""
        return self._ring.size_bytes + sum(clip.waiting_bytes for clip in self._clips)

    @property
    def is_busy(self) -> bool:
        """True while a clip is under way."""
        return bool(self._clips)

    def see(self, analysis: Analysis) -> None:
        """Take in an analysed frame."""
        time_s = analysis.frame.timestamp_s
        if time_s <= self._last_s:
            self.complete_clips()  # The source was opened again, and its time begins again.
        self._last_s = time_s
        jpeg = b"" if self._source_clip is not None else to_jpeg(self._render(analysis))
        shot = Shot(time_s, jpeg, analysis.p_fall, analysis.score)
        self._ring.add(shot)
        for clip in self._clips:
            clip.add(shot)

    def begin(self, event_id: str, analysis: Analysis, *, with_clip: bool = True) -> None:
        """Store the snapshot of an event now, and begin its clip.

        An event that was recorded before, because it was triggered again, keeps its recordings.

        Args:
            event_id: The event; it is in the record already.
            analysis: What settled it.
            with_clip: False where there is no room for a clip.
        """
        if self._media.snapshot(event_id).exists():
            return
        try:
            self._media.write(self._media.snapshot(event_id), to_jpeg(self._render(analysis)))
        except OSError as error:
            self._on_failure(
                Message("The snapshot of an event cannot be stored ({0}).", (str(error),))
            )
        event_s = analysis.frame.timestamp_s
        if with_clip or self._source_clip is not None:
            self._clips.append(
                EventClip(
                    self._media,
                    event_id,
                    event_s=event_s,
                    until_s=event_s + AFTER_S,
                    before=self._ring.shots(),
                    source_clip=self._source_clip,
                )
            )

    def resume(self, event_id: str) -> None:
        """Write the clip to its end that a killed fallwatch left behind."""
        try:
            self._clips.append(EventClip.resume(self._media, event_id))
        except SpoolError as error:
            _log.warning("%s", error)
            self._media.spool(event_id).unlink(missing_ok=True)

    def work(self) -> bool:
        """Write one shot of each clip, and close those that are complete.

        Returns:
            True if more is waiting to be written.
        """
        more = False
        for clip in tuple(self._clips):
            try:
                more = clip.write_next() or more
            except (ClipError, OSError) as error:
                self._give_up(clip)
                self._on_failure(message_of(error))
            if clip.is_done:
                self._end(clip)
        return more

    def complete_clips(self) -> None:
        """No more frames come for the clips under way; `work` writes what waits and ends them."""
        for clip in self._clips:
            clip.complete()

    def cut_short(self) -> None:
        """End the clips under way now, without what waits to be written."""
        for clip in tuple(self._clips):
            self._end(clip)

    def give_up_clips(self) -> None:
        """There is no room: stop and delete the clips under way. Snapshots and evidence stay."""
        for clip in tuple(self._clips):
            self._give_up(clip)

    def _end(self, clip: EventClip) -> None:
        if clip in self._clips:
            self._clips.remove(clip)
            try:
                clip.finish()
            except (ClipError, OSError) as error:
                self._on_failure(message_of(error))

    def _give_up(self, clip: EventClip) -> None:
        if clip in self._clips:
            self._clips.remove(clip)
        clip.give_up()
