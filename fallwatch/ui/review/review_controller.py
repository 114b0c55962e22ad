"""Opens the night review and joins it to record, minutes and recordings."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime
from functools import partial
from pathlib import Path
from typing import Protocol

from PySide6.QtCore import QCoreApplication, QObject, Qt, Signal
from PySide6.QtGui import QAction, QKeySequence
from PySide6.QtWidgets import QFileDialog
from shiboken6 import isValid

from fallwatch.core.message import message_of
from fallwatch.core.types import Alarm
from fallwatch.events.store import EventStore
from fallwatch.pipeline.health.occupancy import OccupancyFiles
from fallwatch.recording.media import MediaFolder
from fallwatch.runtime.review.night_review import Night, read_night, to_csv
from fallwatch.ui.alarm.dialog_alarms import make_ready
from fallwatch.ui.background.background_tasks import BackgroundTasks
from fallwatch.ui.events.event_dialog import Recordings, read_recordings
from fallwatch.ui.player.player import ClipPlayer
from fallwatch.ui.review.review_dialog import ReviewDialog, first_day, marks_of
from fallwatch.ui.review.review_pdf import write_pdf
from fallwatch.ui.rooms.rooms import Rooms
from fallwatch.ui.style.theme import Theme
from fallwatch.ui.text.times import local_now
from fallwatch.ui.text.words import kind_words, outcome_words
from fallwatch.ui.window.main_window import MainWindow

_TOPIC = "review"


class Judges(Protocol):
    """The part of `fallwatch.dispatch.alarm_dispatcher.AlarmDispatcher` that takes verdicts."""

    def judge(self, event_id: str, outcome: str, by: str, note: str = "") -> None: ...


class ReviewController(QObject):
    """Reads and writes on the thread of the record.

    Args:
        window: Gets the entry in its menu.
        theme: Colours.
        rooms: Which there are.
        tasks: Reads and writes.
        store: The record.
        files: The minutes.
        media: The recordings.
        dispatcher: Takes verdicts.
        who: Who gives them.
        now: Local time: which night it is.

    Signals:
        changed: Events have got a verdict.
    """

    changed = Signal()

    def __init__(
        self,
        window: MainWindow,
        theme: Theme,
        rooms: Rooms,
        tasks: BackgroundTasks,
        *,
        store: EventStore,
        files: OccupancyFiles,
        media: MediaFolder,
        dispatcher: Judges,
        who: Callable[[], str],
        now: Callable[[], datetime] = local_now,
    ) -> None:
        super().__init__(window)
        self._window, self._theme, self._rooms, self._tasks = window, theme, rooms, tasks
        self._store, self._files, self._media = store, files, media
        self._dispatcher, self._who, self._now = dispatcher, who, now
        self._dialog: ReviewDialog | None = None
        action = QAction(self.tr("&Night review…"), window)
        action.setShortcut(QKeySequence("Ctrl+N"))
        action.triggered.connect(self.open)
        window.watch_menu.addAction(action)

    def open(self) -> ReviewDialog:
        """Show last night, beside the window: the rooms stay in view."""
        if self._dialog is not None and isValid(self._dialog):
            self._dialog.raise_()
            return self._dialog
        dialog = self._dialog = ReviewDialog(self._theme, first_day(self._now()), self._window)
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        dialog.night_wanted.connect(self._read)
        dialog.event_wanted.connect(self._read_event)
        dialog.judged.connect(self._judge)
        dialog.csv_wanted.connect(lambda: self._ask_where("csv", self.save_csv))
        dialog.print_wanted.connect(lambda: self._ask_where("pdf", self.save_pdf))
        make_ready(dialog)
        dialog.show()
        self._read(dialog.shown_day)
        return dialog

    def close(self) -> None:
        """Close it."""
        dialog = self._shown
        if dialog is not None:
            dialog.reject()

    def save_csv(self, path: Path) -> None:
        """Write the night that is shown as a table."""
        night = self._night
        if night is None:
            return
        text = to_csv(night, lambda each: (kind_words(each.kind), outcome_words(each.outcome)))
        self._tasks.run(
            lambda: path.write_text(text, encoding="utf-8"), otherwise=self._say_failure
        )

    def save_pdf(self, path: Path) -> None:
        """Write the night that is shown as a page to print."""
        night = self._night
        if night is None:
            return
        try:
            write_pdf(night, self._theme, path)
        except OSError as error:
            self._say_failure(error)

    @property
    def _shown(self) -> ReviewDialog | None:
        dialog = self._dialog
        return dialog if dialog is not None and isValid(dialog) else None

    @property
    def _night(self) -> Night | None:
        return None if self._shown is None else self._shown.night

    def _read(self, day: date) -> None:
        names = [each.name for each in self._rooms.all if each.choice and not each.choice.ends]

        def show(night: Night) -> None:
            dialog = self._shown
            if dialog is not None and dialog.shown_day == night.day:
                dialog.show_night(night)

        work = partial(read_night, day, self._store, self._files, names)
        self._tasks.run(work, show, otherwise=self._say_failure)

    def _read_event(self, alarm: Alarm) -> None:
        def show(recordings: Recordings) -> None:
            if self._shown is not None:
                self._shown.show_recordings(alarm.event_id, partial(_open, alarm, recordings))

        self._tasks.run(partial(read_recordings, self._media, alarm.event_id), show)

    def _judge(self, event_id: str, outcome: str, note: str) -> None:
        def judged(_: object) -> None:
            self.changed.emit()
            if self._shown is not None:
                self._read(self._shown.shown_day)

        work = partial(self._dispatcher.judge, event_id, outcome, self._who(), note)
        self._tasks.run(work, judged, otherwise=self._say_failure)

    def _ask_where(self, suffix: str, save: Callable[[Path], None]) -> None:
        if self._shown is None:
            return
        dialog = QFileDialog(self._shown, self.tr("Save the night review"))
        dialog.setAcceptMode(QFileDialog.AcceptMode.AcceptSave)
        dialog.setDefaultSuffix(suffix)
        dialog.setNameFilter(f"*.{suffix}")
        dialog.selectFile(f"fallwatch {self._shown.shown_day.isoformat()}.{suffix}")
        dialog.fileSelected.connect(lambda path: save(Path(path)))
        self._window.show_dialog(dialog)

    def _say_failure(self, error: BaseException) -> None:
        self._window.messages.show_message(_TOPIC, message_of(error))


def _open(alarm: Alarm, recordings: Recordings, player: ClipPlayer) -> None:
    if recordings.clip is not None:
        marks, start_s = marks_of(alarm, recordings.track)
        player.show_controls(True)
        player.open(recordings.clip, marks, start_s=start_s)
        return
    player.close_clip()
    player.show_controls(False)
    if recordings.snapshot is not None:
        player.view.show_image(recordings.snapshot)
    else:
        player.view.show_words(
            QCoreApplication.translate("EventDialog", "There is no snapshot of this event.")
        )
