"""Joins the list of events to the record: opening, exporting and deleting events."""

from __future__ import annotations

import re
import shutil
from collections.abc import Callable
from functools import partial
from pathlib import Path

from PySide6.QtCore import QObject, QTimer, Signal
from PySide6.QtWidgets import QDialog, QFileDialog, QMessageBox, QWidget

from fallwatch.alarms.lifecycle import is_unacknowledged
from fallwatch.core.message import Message, message_of
from fallwatch.core.moments import parse_utc
from fallwatch.core.types import Alarm
from fallwatch.events import export
from fallwatch.events.outbox import Outbox
from fallwatch.events.store import EventStore
from fallwatch.recording.media import MediaFolder
from fallwatch.runtime.review.event_figures import by_week
from fallwatch.ui.background.background_tasks import BackgroundTasks
from fallwatch.ui.background.bridge import Bridge
from fallwatch.ui.events.event_dialog import EventDialog, Recordings, read_recordings
from fallwatch.ui.events.event_list import EventList
from fallwatch.ui.events.event_snapshots import EventSnapshots
from fallwatch.ui.events.figures_dialog import FiguresDialog
from fallwatch.ui.style.theme import Theme
from fallwatch.ui.text.plain_text import plain_question
from fallwatch.ui.text.times import local_now
from fallwatch.ui.text.words import headline, kind_words, place

# The snapshot of an event is written a moment after its alarm.
_SNAPSHOT_AFTER_MS = 1500

_UNFIT = re.compile(r'[\\/:*?"<>|\x00-\x1f]')


class EventsController(QObject):
    """Everything people do with past events. Files are read and written on a thread of its own.

    Signals:
        changed: Events were deleted; the list is to be read again.
        failed: What did not work, in words.
    """

    changed = Signal()
    failed = Signal(object)

    def __init__(
        self,
        events: EventList,
        theme: Theme,
        store: EventStore,
        media: MediaFolder,
        bridge: Bridge,
        *,
        window: QWidget,
        show: Callable[[QDialog], None],
        who: Callable[[], str],
    ) -> None:
        """Join the list.

        Args:
            events: The list.
            theme: For the dialogs.
            store: The record.
            media: The recordings.
            bridge: Brings answers to the window's thread.
            window: Parent of dialogs.
            show: Shows a dialog without waiting for it.
            who: Who deletes, for the history.
        """
        super().__init__(window)
        self._events, self._theme, self._window = events, theme, window
        self._store, self._media, self._who, self._show = store, media, who, show
        self._outbox = Outbox(store)
        self._tasks = BackgroundTasks(bridge, "fallwatch events", self)
        self._tasks.failed.connect(self._on_failed)
        self.snapshots = EventSnapshots(media, self._tasks, self)
        self.snapshots.loaded.connect(events.model.snapshot_changed)
        events.model.set_snapshots(self.snapshots.get)
        self._look_again = QTimer(self)
        self._look_again.setSingleShot(True)
        self._look_again.setInterval(_SNAPSHOT_AFTER_MS)
        self._look_again.timeout.connect(self._look_for_snapshots)
        events.model.modelReset.connect(self._look_again.start)
        events.opened.connect(self.open)
        events.delete_wanted.connect(self.ask_to_delete)
        events.export_wanted.connect(self.ask_where_to_export)
        events.figures_wanted.connect(self.show_figures)

    def close(self) -> None:
        """Finish what was asked for, and end the thread and what is being played."""
        self._look_again.stop()
        for dialog in self._window.findChildren(EventDialog):
            dialog.reject()
        self._tasks.close()

    def open(self, alarm: Alarm) -> None:
        """Show one event with its clip."""

        def read() -> Recordings:
            history = self._store.history(alarm.event_id)
            sent = self._outbox.deliveries([alarm.event_id]).get(alarm.event_id, ())
            return read_recordings(self._media, alarm.event_id, history, sent)

        self._tasks.run(read, partial(self._open_dialog, alarm))

    def show_figures(self) -> None:
        """Show the alarms of the whole record by week and room."""
        self._tasks.run(
            lambda: by_week(self._store.all()),
            lambda figures: self._show(FiguresDialog(figures, self._window)),
        )

    def ask_to_delete(self, alarm: Alarm) -> None:
        """Delete an event with its recordings, once somebody has confirmed it."""
        if is_unacknowledged(alarm):
            self.failed.emit(
                Message("Nobody has acknowledged this alarm yet: it cannot be deleted.")
            )
            return
        question = QMessageBox(
            QMessageBox.Icon.Question,
            self.tr("Delete event"),
            self.tr("Delete “{0}” with its snapshot and clip? This cannot be undone.").format(
                headline(alarm)
            ),
            parent=self._window,
        )
        box = plain_question(question)
        delete = box.addButton(self.tr("&Delete"), QMessageBox.ButtonRole.DestructiveRole)
        keep = box.addButton(self.tr("&Keep"), QMessageBox.ButtonRole.RejectRole)
        box.setDefaultButton(keep)
        delete.clicked.connect(lambda: self.delete(alarm))
        self._show(box)

    def delete(self, alarm: Alarm) -> None:
        """Delete an event with its recordings; the record's history says who did it."""

        def work() -> None:
            stored = self._store.get(alarm.event_id)
            if stored is not None and not is_unacknowledged(stored):
                self._media.delete(alarm.event_id)
                self._store.delete(alarm.event_id, what=Message("deleted"), by=self._who())

        self._tasks.run(work, lambda _: self.changed.emit())

    def ask_where_to_export(self) -> None:
        """Save the events that are shown as CSV or JSON."""
        dialog = self._save_dialog(self.tr("Export events"), "events.csv")
        dialog.setNameFilters([self.tr("Table (*.csv)"), self.tr("JSON (*.json)")])
        alarms = self._events.model.alarms

        def chosen(path: str) -> None:
            wants_json = "json" in dialog.selectedNameFilter() or path.endswith(".json")
            target = Path(path)
            if not target.suffix:
                target = target.with_suffix(".json" if wants_json else ".csv")
            self.export(alarms, target)

        dialog.fileSelected.connect(chosen)
        self._show(dialog)

    def export(self, alarms: tuple[Alarm, ...], path: Path) -> None:
        """Write events to a file: JSON if its name ends so, else CSV."""
        make = export.to_json if path.suffix.lower() == ".json" else export.to_csv
        self._tasks.run(lambda: path.write_text(make(alarms), encoding="utf-8"))

    def save_clip(self, alarm: Alarm, path: Path) -> None:
        """Copy an event's clip to a file."""
        self._tasks.run(lambda: shutil.copyfile(self._media.clip(alarm.event_id), path))

    def _open_dialog(self, alarm: Alarm, recordings: Recordings) -> None:
        dialog = EventDialog(self._theme, alarm, recordings, local_now(), self._window)
        dialog.save_wanted.connect(lambda: self._ask_where_to_save(alarm))
        dialog.delete_wanted.connect(dialog.accept)
        dialog.delete_wanted.connect(lambda: self.ask_to_delete(alarm))
        self._show(dialog)

    def _ask_where_to_save(self, alarm: Alarm) -> None:
        dialog = self._save_dialog(self.tr("Save clip"), clip_name(alarm))
        dialog.setNameFilters([self.tr("Video (*.mp4)")])
        dialog.setDefaultSuffix("mp4")
        dialog.fileSelected.connect(lambda path: self.save_clip(alarm, Path(path)))
        self._show(dialog)

    def _save_dialog(self, title: str, name: str) -> QFileDialog:
        dialog = QFileDialog(self._window, title)
        dialog.setAcceptMode(QFileDialog.AcceptMode.AcceptSave)
        dialog.setFileMode(QFileDialog.FileMode.AnyFile)
        dialog.selectFile(name)
        return dialog

    def _look_for_snapshots(self) -> None:
        self.snapshots.look_again()
        self._events.view.viewport().update()

    def _on_failed(self, error: BaseException) -> None:
        self.failed.emit(message_of(error))


def clip_name(alarm: Alarm) -> str:
    """What a saved clip is called: room, local time, and what happened."""
    try:
        moment = parse_utc(alarm.started_utc).astimezone().strftime("%Y-%m-%d %H-%M-%S")
    except (ValueError, OverflowError, OSError):
        moment = alarm.started_utc
    # No system takes these in the name of a file.
    return _UNFIT.sub("-", f"{place(alarm)} {moment} {kind_words(alarm.kind)}.mp4")
