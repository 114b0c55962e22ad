"""Past events: seeing, filtering, exporting and deleting them."""

from __future__ import annotations

import csv
import json
from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path

import numpy as np
import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtWidgets import (
    QApplication,
    QDialog,
    QFileDialog,
    QMessageBox,
    QStyle,
    QStyleOptionComboBox,
    QWidget,
)
from pytestqt.qtbot import QtBot

from fallwatch.core.message import Message
from fallwatch.core.types import Alarm, AlarmState
from fallwatch.events.store import EventStore
from fallwatch.events.times import utc_text
from fallwatch.recording.clip_writer import ClipWriter
from fallwatch.recording.evidence_track import EvidenceTrack, Point, to_json
from fallwatch.recording.jpeg import to_jpeg
from fallwatch.recording.media import MediaFolder
from fallwatch.ui.background.bridge import Bridge
from fallwatch.ui.events.event_dialog import EventDialog
from fallwatch.ui.events.event_filter import EventFilter
from fallwatch.ui.events.event_list import EventList
from fallwatch.ui.events.event_model import Role
from fallwatch.ui.events.events_controller import EventsController, clip_name
from fallwatch.ui.events.figures_dialog import FiguresDialog
from fallwatch.ui.style.fields import ComboBox
from fallwatch.ui.style.theme import Theme
from fallwatch.ui.text.language import speak
from fallwatch.ui.text.words import state_line, state_words
from tests.ui.fakes import alarm
from tests.ui.qt_waiting import finish_tasks

NOW = datetime.now().astimezone().replace(hour=12)


def at(days_ago: int, event_id: str, **changes: object) -> Alarm:
    """An alarm of so many days ago, by the day on which the test runs."""
    changes.setdefault("state", AlarmState.CLOSED)
    today = datetime.now().astimezone()
    noon = NOW.replace(year=today.year, month=today.month, day=today.day)
    return alarm(event_id, started_utc=utc_text(noon - timedelta(days=days_ago)), **changes)


def alarms() -> tuple[Alarm, ...]:
    return (
        at(0, "open", camera="Hall", state=AlarmState.UNACKNOWLEDGED),
        at(0, "bath", camera="Bath", kind="on_floor", outcome="false alarm"),
        at(1, "old", camera="Hall"),
        at(9, "older", camera="Hall", kind="camera_lost"),
    )


class Rig:
    def __init__(self, qtbot: QtBot, theme: Theme, folder: Path) -> None:
        self.window = QWidget()
        qtbot.addWidget(self.window)
        self.events = EventList(theme, self.window)
        self.events.resize(420, 500)
        self.window.resize(420, 500)
        self.window.show()
        self.store = EventStore(folder / "events.db")
        self.media = MediaFolder(folder / "recordings")
        self.alarms = alarms()
        for each in self.alarms:
            self.store.add(each)
        self.dialogs: list[QDialog] = []
        self.dispatcher = EventsController(
            self.events,
            theme,
            self.store,
            self.media,
            Bridge(self.window),
            window=self.window,
            show=self._show,
            who=lambda: "Ada",
        )
        self.dispatcher.changed.connect(self.refresh)
        self.events.filter_changed.connect(self.refresh)
        self.failures: list[Message] = []
        self.dispatcher.failed.connect(self.failures.append)
        self.refresh()

    def refresh(self) -> None:
        self.events.show_events(self.store.find(self.events.filter.query))

    def _show(self, dialog: QDialog) -> None:
        self.dialogs.append(dialog)
        dialog.open()

    @property
    def shown(self) -> list[str]:
        return [each.event_id for each in self.events.model.alarms]

    def record(self, event_id: str, *, clip: bool = True) -> None:
        image = np.full((48, 64, 3), (0, 0, 200), np.uint8)
        self.media.write(self.media.snapshot(event_id), to_jpeg(image))
        points = tuple(Point(index / 10, 0.5, 0.9) for index in range(60))
        self.media.write(self.media.evidence(event_id), to_json(EvidenceTrack(4.0, points)))
        if clip:
            with ClipWriter(self.media.clip(event_id)) as writer:
                for index in range(60):
                    writer.write(index / 10, image)


@pytest.fixture
def rig(qtbot: QtBot, theme: Theme, tmp_path: Path) -> Iterator[Rig]:
    rig = Rig(qtbot, theme, tmp_path / "data")
    yield rig
    for dialog in rig.dialogs:
        dialog.reject()
    rig.dispatcher.close()
    rig.store.close()


def choose(qtbot: QtBot, rig: Rig, name: str, words: str) -> None:
    box = getattr(rig.events.filter, name)
    assert box.findText(words) >= 0, [box.itemText(i) for i in range(box.count())]
    box.setCurrentIndex(box.findText(words))


def dialog_of(qtbot: QtBot, rig: Rig, event_id: str) -> EventDialog:
    rig.dispatcher.open(next(each for each in rig.alarms if each.event_id == event_id))
    qtbot.waitUntil(lambda: any(isinstance(each, EventDialog) for each in rig.dialogs))
    dialog = rig.dialogs[-1]
    assert isinstance(dialog, EventDialog)
    return dialog


# The list


@pytest.mark.parametrize(
    ("choices", "found"),
    [
        ({}, ["bath", "open", "old", "older"]),
        ({"day": "Today"}, ["bath", "open"]),
        ({"day": "Yesterday"}, ["old"]),
        ({"room": "Bath"}, ["bath"]),
        ({"kind": "Camera lost"}, ["older"]),
        ({"day": "Today", "room": "Hall"}, ["open"]),
        ({"day": "Yesterday", "room": "Bath"}, []),
        ({"outcome": "False alarm"}, ["bath"]),
        ({"outcome": "No verdict", "room": "Bath"}, []),
    ],
)
def test_the_list_is_filtered_by_day_room_and_kind(
    qtbot: QtBot, rig: Rig, choices: dict[str, str], found: list[str]
) -> None:
    for name, words in choices.items():
        choose(qtbot, rig, name, words)
    assert sorted(rig.shown) == sorted(found)
    assert rig.events.export_button.isEnabled() == bool(found)


def test_a_row_says_the_room_in_full_and_what_it_turned_out_to_be(rig: Rig) -> None:
    index = rig.events.model.index_of("bath")
    assert index.data(Role.TITLE) == "Person on the floor"
    assert index.data(Role.PLACE) == "Bath"
    assert index.data(Role.STATE) == "False alarm"


def test_alarms_and_false_alarms_are_counted_by_week_and_room(qtbot: QtBot, rig: Rig) -> None:
    qtbot.mouseClick(rig.events.figures_button, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: bool(rig.dialogs))
    dialog = rig.dialogs[-1]
    assert isinstance(dialog, FiguresDialog)
    cells = [
        [dialog.table.item(row, column).text() for column in range(1, 4)]
        for row in range(dialog.table.rowCount())
    ]
    assert ["Bath", "1", "1"] in cells


def test_what_can_be_chosen_stays_when_it_is_filtered_away(qtbot: QtBot, rig: Rig) -> None:
    choose(qtbot, rig, "room", "Bath")
    choose(qtbot, rig, "room", "Hall")
    assert sorted(rig.shown) == ["old", "older", "open"]
    days = [rig.events.filter.day.itemText(i) for i in range(rig.events.filter.day.count())]
    assert days[:3] == ["Any day", "Today", "Yesterday"]


def test_snapshots_come_into_the_list(qtbot: QtBot, rig: Rig) -> None:
    before = rig.events.view.grab().toImage()
    rig.record("bath", clip=False)
    rig.events.view.viewport().update()
    rig.dispatcher._look_for_snapshots()
    qtbot.waitUntil(lambda: rig.events.view.grab().toImage() != before)
    row = rig.events.model.index_of("bath")
    centre = rig.events.view.visualRect(row).topLeft() + QPoint(40, 16)
    colour = rig.events.view.grab().toImage().pixelColor(centre)
    assert colour.red() > 150 > colour.blue()


# One event


def test_a_double_click_shows_the_clip_a_little_before_the_alarm_and_plays_it(
    qtbot: QtBot, rig: Rig
) -> None:
    rig.record("bath")
    place = rig.events.view.visualRect(rig.events.model.index_of("bath")).center()
    viewport = rig.events.view.viewport()
    qtbot.mouseClick(viewport, Qt.MouseButton.LeftButton, pos=place)
    qtbot.mouseDClick(viewport, Qt.MouseButton.LeftButton, pos=place)
    qtbot.waitUntil(lambda: bool(rig.dialogs))
    dialog = rig.dialogs[0]
    assert isinstance(dialog, EventDialog)
    assert "Bath" in dialog.windowTitle()
    player = dialog.player
    qtbot.waitUntil(lambda: player.time_s == pytest.approx(1.0, abs=0.1))
    assert "score" not in player.place.text()
    qtbot.mouseClick(player.details, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: "score 0.90" in player.place.text())
    assert dialog.figures.isVisible()
    qtbot.mouseClick(player.play_button, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: player.time_s > 1.2)
    qtbot.mouseClick(dialog.close_button, Qt.MouseButton.LeftButton)
    assert not player.is_playing


def test_without_a_clip_the_snapshot_is_shown_and_words_without_both(
    qtbot: QtBot, rig: Rig
) -> None:
    rig.record("bath", clip=False)
    with_snapshot = dialog_of(qtbot, rig, "bath").player
    assert with_snapshot.view.image is not None
    assert not with_snapshot.play_button.isVisible()
    rig.dialogs.clear()
    assert "no snapshot" in dialog_of(qtbot, rig, "old").player.view.words


def test_a_clip_found_in_a_recorded_one_plays_there(
    qtbot: QtBot, rig: Rig, demo_fall: Path
) -> None:
    rig.record("bath", clip=False)
    track = EvidenceTrack(4.0, (), str(demo_fall))
    rig.media.write(rig.media.evidence("bath"), to_json(track))
    dialog = dialog_of(qtbot, rig, "bath")
    qtbot.waitUntil(lambda: dialog.player.time_s == pytest.approx(1.0, abs=0.1))
    assert not dialog.save_button.isEnabled()


def test_the_clip_can_be_saved(qtbot: QtBot, rig: Rig, tmp_path: Path) -> None:
    rig.record("bath")
    dialog_of(qtbot, rig, "bath").save_button.click()
    chooser = rig.dialogs[-1]
    assert isinstance(chooser, QFileDialog)
    target = tmp_path / "saved.mp4"
    chooser.fileSelected.emit(str(target))
    qtbot.waitUntil(target.exists)
    qtbot.waitUntil(lambda: target.read_bytes() == rig.media.clip("bath").read_bytes())


# Deleting


def answer(rig: Rig, words: str) -> None:
    box = rig.dialogs[-1]
    assert isinstance(box, QMessageBox)
    next(each for each in box.buttons() if each.text() == words).click()


def test_deleting_asks_first_and_takes_everything(qtbot: QtBot, rig: Rig) -> None:
    rig.record("bath")
    rig.events.view.setCurrentIndex(rig.events.model.index_of("bath"))
    rig.events.view.setFocus()
    qtbot.keyClick(rig.events.view, Qt.Key.Key_Delete)
    answer(rig, "&Delete")
    qtbot.waitUntil(lambda: "bath" not in rig.shown)
    assert rig.media.sizes() == {}
    last = rig.store.history("bath")[-1]
    assert (str(last.what), last.by) == ("deleted", "Ada")


def test_who_keeps_it_keeps_it(qtbot: QtBot, rig: Rig) -> None:
    rig.dispatcher.ask_to_delete(rig.alarms[1])
    answer(rig, "&Keep")
    finish_tasks(qtbot, rig.dispatcher._tasks)
    assert rig.store.get("bath") is not None


def test_what_nobody_has_acknowledged_cannot_be_deleted(qtbot: QtBot, rig: Rig) -> None:
    assert not dialog_of(qtbot, rig, "open").delete_button.isEnabled()
    rig.dispatcher.ask_to_delete(rig.alarms[0])
    assert "Nobody has acknowledged" in str(rig.failures[0])
    # Also if it was triggered again while somebody was asked.
    rig.store.update(
        alarm("bath", state=AlarmState.UNACKNOWLEDGED), what=Message("triggered again")
    )
    with qtbot.waitSignal(rig.dispatcher.changed):
        rig.dispatcher.delete(rig.alarms[1])
    assert rig.store.get("bath") is not None


def test_a_deleted_event_that_ends_later_does_not_come_back(rig: Rig) -> None:
    rig.store.delete("bath", what=Message("deleted"), by="Ada")
    rig.store.update(rig.alarms[1], what=Message("the person got up"))
    assert rig.store.get("bath") is None
    rig.store.update(
        alarm("bath", state=AlarmState.UNACKNOWLEDGED), what=Message("triggered again")
    )
    assert rig.store.get("bath") is not None


# Exporting


@pytest.mark.parametrize("suffix", [".csv", ".json"])
def test_the_events_shown_are_exported(qtbot: QtBot, rig: Rig, tmp_path: Path, suffix: str) -> None:
    choose(qtbot, rig, "room", "Hall")
    rig.events.export_button.click()
    chooser = rig.dialogs[-1]
    assert isinstance(chooser, QFileDialog)
    target = tmp_path / f"events{suffix}"
    chooser.fileSelected.emit(str(target))
    rig.dispatcher.close()
    text = target.read_text(encoding="utf-8")
    rows = json.loads(text) if suffix == ".json" else list(csv.DictReader(text.splitlines()))
    assert {row["event_id"] for row in rows} == {"open", "old", "older"}


def test_a_file_that_cannot_be_written_is_said(qtbot: QtBot, rig: Rig, tmp_path: Path) -> None:
    with qtbot.waitSignal(rig.dispatcher.failed):
        rig.dispatcher.export(rig.alarms, tmp_path / "nowhere" / "events.csv")
    assert "nowhere" in str(rig.failures[0])


def test_a_clip_is_saved_under_its_room_and_local_time() -> None:
    name = clip_name(at(0, "one", camera="Room 3/4"))
    assert name == f"Room 3-4 {NOW:%Y-%m-%d %H-%M-%S} Fall.mp4"


@pytest.mark.parametrize("width", [250, 420])
def test_what_is_not_filtered_is_read_in_full_also_in_a_narrow_list(
    qtbot: QtBot, theme: Theme, width: int
) -> None:
    application = QApplication.instance()
    assert isinstance(application, QApplication)
    speak(application, "de")
    try:
        chosen = EventFilter()
    finally:
        speak(application, "en")
    qtbot.addWidget(chosen)
    chosen.resize(width, 200)
    chosen.show()
    qtbot.waitExposed(chosen)
    whole, part = QStyle.ComplexControl.CC_ComboBox, QStyle.SubControl.SC_ComboBoxEditField

    def is_whole(box: ComboBox) -> bool:
        option = QStyleOptionComboBox()
        box.initStyleOption(option)
        field = box.style().subControlRect(whole, option, part, box)
        return box.fontMetrics().horizontalAdvance(box.itemText(0)) <= field.width()

    boxes = chosen.findChildren(ComboBox)
    qtbot.waitUntil(lambda: all(map(is_whole, boxes)))


def test_the_room_has_a_line_of_its_own_in_the_list(qtbot: QtBot, rig: Rig) -> None:
    index = rig.events.model.index_of("bath")
    row = rig.events.view.sizeHintForIndex(index)
    assert row.height() >= 3 * rig.events.view.fontMetrics().height()


def test_a_fault_that_is_over_is_told_in_a_carers_words() -> None:
    lost = at(0, "lost", kind="camera_lost", acknowledged_by="condition cleared")
    assert state_line(lost) == "Over by itself"
    assert state_line(at(0, "one", acknowledged_by="maria")) == "Acknowledged by maria"


@pytest.mark.parametrize(
    ("kind", "words"),
    [
        ("watch_paused", "Begun by root"),
        ("care_visit", "Begun by root"),
        ("care_visit_over", "Ended by root"),
        ("watch_gap", "Acknowledged by root"),
    ],
)
def test_a_pause_that_still_runs_is_not_called_closed(kind: str, words: str) -> None:
    record = at(0, "one", kind=kind, state=AlarmState.CLOSED, acknowledged_by="root")
    assert state_line(record) == words
    assert state_words(record, NOW) == words
