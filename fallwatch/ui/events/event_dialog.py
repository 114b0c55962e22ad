"""One event: its snapshot or clip with the evidence, and what can be done with it."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QImage
from PySide6.QtWidgets import QDialog, QHBoxLayout, QPushButton, QVBoxLayout, QWidget

from fallwatch.alarms.lifecycle import is_unacknowledged
from fallwatch.core.types import Alarm
from fallwatch.events.outbox import Delivery
from fallwatch.events.store import HistoryEntry
from fallwatch.recording.evidence_track import EvidenceTrack, TrackError, from_json
from fallwatch.recording.media import MediaFolder
from fallwatch.ui.player.marks import PlayerMarks
from fallwatch.ui.player.player import ClipPlayer
from fallwatch.ui.style.theme import Theme, scale_font
from fallwatch.ui.text.plain_text import plain_label
from fallwatch.ui.text.times import clock
from fallwatch.ui.text.words import (
    by_words,
    delivery_words,
    evidence_in_figures,
    headline,
    kind_words,
    state_words,
    step_words,
    why,
)

# A clip is shown from a little before the alarm on.
_LEAD_S = 3.0


@dataclass(frozen=True, slots=True)
class Recordings:
    """What is on disk of an event.

    Attributes:
        snapshot: The moment of the alarm.
        clip: The file to play: the event's own clip, or the recorded one it was found in.
        own_clip: Whether it is the event's own.
        track: The evidence.
        history: All that happened to the event, oldest first.
        deliveries: Who was sent word of it, and what became of that.
    """

    snapshot: QImage | None = None
    clip: Path | None = None
    own_clip: bool = False
    track: EvidenceTrack | None = None
    history: tuple[HistoryEntry, ...] = ()
    deliveries: tuple[Delivery, ...] = ()


def read_recordings(
    media: MediaFolder,
    event_id: str,
    history: tuple[HistoryEntry, ...] = (),
    deliveries: tuple[Delivery, ...] = (),
) -> Recordings:
    """Look what there is of an event. Reads files: not on the window's thread."""
    track = None
    with suppress(OSError, TrackError):  # The rest is worth seeing without it.
        track = from_json(media.evidence(event_id).read_bytes())
    own, source = media.clip(event_id), None if track is None else track.source_clip
    clip = own if own.exists() else None if source is None else Path(source)
    path = media.snapshot(event_id)
    snapshot = QImage(str(path)) if path.exists() else QImage()
    return Recordings(
        snapshot=None if snapshot.isNull() else snapshot,
        clip=clip,
        own_clip=clip == own,
        track=track,
        history=history,
        deliveries=deliveries,
    )


class EventDialog(QDialog):
    """Shows one event.

    Signals:
        save_wanted: Somebody wants the clip as a file.
        delete_wanted: Somebody wants the event deleted.
    """

    save_wanted = Signal()
    delete_wanted = Signal()

    def __init__(
        self,
        theme: Theme,
        alarm: Alarm,
        recordings: Recordings,
        now: datetime,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self.setWindowTitle(headline(alarm))
        self.resize(760, 680)
        self.player = ClipPlayer(theme, details=False)
        self.figures = plain_label(evidence_in_figures(alarm))
        self.player.details.toggled.connect(self.figures.setVisible)
        self.save_button = QPushButton(self.tr("&Save clip…"))
        self.delete_button = QPushButton(self.tr("&Delete…"))
        self.close_button = QPushButton(self.tr("&Close"))
        self._lay_out(_description(alarm, recordings, now))
        self._join(alarm, recordings)
        self._show(alarm, recordings)

    def done(self, result: int) -> None:
        """Let go of the clip, then close."""
        self.player.close_clip()
        super().done(result)

    def _show(self, alarm: Alarm, recordings: Recordings) -> None:
        track = recordings.track
        if recordings.clip is not None:
            marks, start_s = PlayerMarks(), 0.0
            if track is not None:
                marks = PlayerMarks.of_event(track, kind_words(alarm.kind))
                start_s = max(0.0, track.event_s - _LEAD_S)
            self.player.open(recordings.clip, marks, start_s=start_s)
            return
        self.player.show_controls(False)
        if recordings.snapshot is not None:
            self.player.view.show_image(recordings.snapshot)
        else:
            self.player.view.show_words(self.tr("There is no snapshot of this event."))

    def _join(self, alarm: Alarm, recordings: Recordings) -> None:
        self.save_button.setEnabled(recordings.own_clip)
        if not recordings.own_clip:
            self.save_button.setToolTip(self.tr("There is no clip of its own."))
        self.delete_button.setEnabled(not is_unacknowledged(alarm))
        if is_unacknowledged(alarm):
            self.delete_button.setToolTip(self.tr("Nobody has acknowledged this alarm yet."))
        self.save_button.clicked.connect(self.save_wanted)
        self.delete_button.clicked.connect(self.delete_wanted)
        self.close_button.clicked.connect(self.accept)
        self.close_button.setDefault(True)

    def _lay_out(self, lines: list[str]) -> None:
        layout = QVBoxLayout(self)
        heading = plain_label(self.windowTitle())
        scale_font(heading, 1.35, bold=True)
        layout.addWidget(heading)
        words = plain_label("\n".join(lines))
        words.setWordWrap(True)
        words.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        layout.addWidget(words)
        self.figures.setWordWrap(True)
        self.figures.hide()
        layout.addWidget(self.figures)
        layout.addWidget(self.player, 1)
        row = QHBoxLayout()
        row.addWidget(self.save_button)
        row.addWidget(self.delete_button)
        row.addStretch(1)
        row.addWidget(self.close_button)
        for button in (self.save_button, self.delete_button):
            button.setAutoDefault(False)
        layout.addLayout(row)


def _description(alarm: Alarm, recordings: Recordings, now: datetime) -> list[str]:
    """When, why, and what became of it."""
    lines = [f"{clock(alarm.started_utc, now)}. {state_words(alarm, now)}", why(alarm)]
    steps = [
        f"{clock(e.at_utc, now)} {step_words(e.what)} ({by_words(e.by)})"
        for e in recordings.history
    ]
    sent = [delivery_words(each, now) for each in recordings.deliveries]
    return [line for line in (*lines, " · ".join(steps), *sent) if line]
