"""The morning: leafing through the night's clips, and saying what they were."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from PySide6.QtCore import QSize, Qt
from pytestqt.qtbot import QtBot

from fallwatch.core.types import AlarmState
from fallwatch.dispatch.alarm_dispatcher import AlarmDispatcher
from fallwatch.dispatch.policy import escalation_policy
from fallwatch.events.store import EventStore
from fallwatch.events.times import utc_text
from fallwatch.pipeline.health.occupancy import DayOccupancy, Minute, OccupancyFiles
from fallwatch.recording.jpeg import to_jpeg
from fallwatch.recording.media import MediaFolder
from fallwatch.settings import Settings
from fallwatch.ui.review.review_controller import ReviewController
from fallwatch.ui.review.review_dialog import ReviewDialog
from fallwatch.ui.review.review_pdf import _html
from fallwatch.ui.screen.window_place import FRAME
from fallwatch.ui.style.theme import Theme
from tests.ui.fakes import alarm, analysis, nameless
from tests.ui.qt_waiting import finish_tasks
from tests.ui.window.test_controller import Bench, make_bench

__all__ = ["make_bench"]


class Morning:
    """A review over a real record with three events of the last minutes."""

    def __init__(self, theme: Theme, bench: Bench, folder: Path, now: datetime) -> None:
        self.bench = bench
        self.store = EventStore(folder / "events.db")
        self.media = MediaFolder(folder / "recordings")
        for number, (event_id, state) in enumerate(
            (("one", AlarmState.CLOSED), ("two", AlarmState.CLOSED), ("open", _OPEN))
        ):
            began = utc_text(now - timedelta(seconds=30 - number))
            self.store.add(alarm(event_id, state=state, started_utc=began))
        self.store.add(alarm("lost", kind="camera_lost", state=AlarmState.CLOSED))
        self.media.write(self.media.snapshot("one"), to_jpeg(analysis().frame.image_bgr))
        files = OccupancyFiles(folder / "minutes")
        day = DayOccupancy()
        day.see("Hall", Minute.PERSON, now)
        files.write(now.date(), day.rooms)
        self.dispatcher = AlarmDispatcher(
            self.store, [], escalation_policy(Settings()), on_change=lambda alarms: None
        )
        self.dispatcher.start()
        self.controller = ReviewController(
            bench.window,
            theme,
            bench.rooms,
            bench.tasks,
            store=self.store,
            files=files,
            media=self.media,
            dispatcher=self.dispatcher,
            who=lambda: "maria",
            now=lambda: now,
        )

    def close(self) -> None:
        self.controller.close()
        self.dispatcher.stop()
        self.store.close()


_OPEN = AlarmState.UNACKNOWLEDGED


@pytest.fixture
def now() -> datetime:
    """A night like any other, whatever the clock says while the tests run."""
    return datetime(2026, 3, 2, 6, 30).astimezone()


@pytest.fixture
def morning(
    theme: Theme, make_bench: Callable[..., Bench], tmp_path: Path, now: datetime
) -> Iterator[Morning]:
    bench = make_bench(cameras=[{"name": "Hall", "source": "0"}])
    morning = Morning(theme, bench, tmp_path, now)
    yield morning
    morning.close()


@pytest.fixture
def dialog(qtbot: QtBot, morning: Morning) -> ReviewDialog:
    dialog = morning.controller.open()
    qtbot.waitUntil(lambda: len(dialog.events) == 3)
    return dialog


@pytest.mark.parametrize("hour", [0, 11, 12, 23])
def test_it_begins_with_the_night_to_this_morning_and_tonight_comes_after(
    theme: Theme, make_bench: Callable[..., Bench], tmp_path: Path, qtbot: QtBot, hour: int
) -> None:
    now = datetime(2026, 3, 2, hour, 0, 40).astimezone()
    morning = Morning(theme, make_bench(), tmp_path, now)
    dialog = morning.controller.open()
    assert dialog.shown_day == now.date()
    if hour >= 12:
        dialog.day.setDate(dialog.day.date().addDays(1))
    qtbot.waitUntil(lambda: len(dialog.events) == 3)
    morning.close()


def test_one_key_leafs_through_the_night(qtbot: QtBot, dialog: ReviewDialog) -> None:
    qtbot.waitUntil(lambda: dialog.player.view.image is not None)
    seen = []
    for _ in range(4):
        assert dialog.shown_event is not None
        seen.append(dialog.shown_event.event_id)
        qtbot.keyClick(dialog, Qt.Key.Key_PageDown)
    assert seen == ["one", "two", "open", "open"]
    qtbot.keyClick(dialog, Qt.Key.Key_PageUp)
    assert dialog.shown_event is not None
    assert dialog.shown_event.event_id == "two"


def test_a_verdict_with_a_note_is_recorded(
    qtbot: QtBot, morning: Morning, dialog: ReviewDialog
) -> None:
    qtbot.keyClicks(dialog.note, "the cat")
    button = dialog.verdicts["false alarm"]
    qtbot.mouseClick(button, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: dialog.events[0].outcome == "false alarm")
    history = morning.store.history("one")
    assert (str(history[-1].what), history[-1].by) == ("verdict: a false alarm – the cat", "maria")
    assert button.isChecked()
    assert dialog.figures.rowCount() > 0


def test_who_was_not_answered_gets_an_answer_first(qtbot: QtBot, dialog: ReviewDialog) -> None:
    dialog.choose("open")
    assert not any(button.isEnabled() for button in dialog.verdicts.values())


def test_a_click_on_the_bar_chooses_the_event(qtbot: QtBot, dialog: ReviewDialog) -> None:
    dialog.choose("two")
    place = dialog.timeline.place_of(dialog.events[0]).toPoint()
    qtbot.mouseClick(dialog.timeline, Qt.MouseButton.LeftButton, pos=place)
    assert dialog.shown_event is not None
    assert dialog.shown_event.event_id in ("one", "two", "open")
    assert dialog.shown_event.camera == "Hall"


def test_another_night_is_empty(qtbot: QtBot, dialog: ReviewDialog) -> None:
    dialog.day.setDate(dialog.day.date().addDays(-30))
    qtbot.waitUntil(lambda: dialog.events == ())
    assert dialog.heading.text() == "Nothing happened to anybody in this night."


def test_alarms_of_recorded_clips_are_left_out_but_said(
    qtbot: QtBot, morning: Morning, dialog: ReviewDialog, now: datetime, tmp_path: Path
) -> None:
    assert not dialog.left_out.isVisible()
    morning.store.add(alarm("clip", started_utc=utc_text(now), from_clip=True))
    dialog.night_wanted.emit(dialog.shown_day)
    qtbot.waitUntil(dialog.left_out.isVisible)
    assert "recorded clips are left out here: 1." in dialog.left_out.text()
    assert len(dialog.events) == 3
    night = dialog.night
    assert night is not None
    assert dialog.left_out.text() in _html(night)
    assert "recorded clips" not in _html(replace(night, clips=0))


def test_it_is_saved_as_a_table_and_as_a_page(
    qtbot: QtBot, morning: Morning, dialog: ReviewDialog, tmp_path: Path
) -> None:
    table, page = tmp_path / "night.csv", tmp_path / "night.pdf"
    morning.controller.save_csv(table)
    morning.controller.save_pdf(page)
    finish_tasks(qtbot, morning.bench.tasks)
    assert "somebody in view" in table.read_text(encoding="utf-8")
    assert page.read_bytes().startswith(b"%PDF")
    assert page.stat().st_size > 2000


def test_a_page_that_cannot_be_written_says_so(
    morning: Morning, dialog: ReviewDialog, tmp_path: Path
) -> None:
    morning.controller.save_pdf(tmp_path / "no" / "night.pdf")
    assert "No such file" in morning.bench.window.messages.text


def test_everything_in_it_has_a_name(dialog: ReviewDialog) -> None:
    assert nameless(dialog) == []


def test_it_opens_within_the_screen(morning: Morning) -> None:
    dialog = morning.controller.open()
    free = dialog.screen().availableGeometry().marginsRemoved(FRAME).size()
    assert dialog.size() == QSize(940, 720).boundedTo(free)
    dialog.reject()
