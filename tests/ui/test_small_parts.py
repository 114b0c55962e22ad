"""The smaller parts of the window."""

from __future__ import annotations

import os
import signal
from datetime import datetime, timedelta, timezone
from pathlib import Path

import numpy as np
import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QColor
from pytestqt.qtbot import QtBot

from fallwatch.core.message import Message, plain
from fallwatch.core.protocols import SourceError
from fallwatch.core.types import AlarmState, Analysis, Box, Frame, Person, Posture
from fallwatch.paths import resources_dir
from fallwatch.runtime.source_choice import choose
from fallwatch.settings import MessageSettings, Settings, SettingsError, merge_settings
from fallwatch.ui.background.background_tasks import BackgroundTasks
from fallwatch.ui.background.bridge import Bridge
from fallwatch.ui.background.preferences import Preferences
from fallwatch.ui.events.event_list import EventList
from fallwatch.ui.style.icons import icon_pixmap
from fallwatch.ui.style.notice_bar import MAX_MESSAGES, NoticeBar
from fallwatch.ui.style.palette import DARK, LIGHT
from fallwatch.ui.style.theme import Theme
from fallwatch.ui.text.times import clip_clock, clock, span
from fallwatch.ui.video.history import SPAN_S, ScoreHistory
from fallwatch.ui.video.strip_plot import StripPlot
from fallwatch.ui.window.quit_signals import QuitSignals
from tests.ui.fakes import alarm

NOW = datetime(2026, 3, 1, 12, 30, tzinfo=timezone.utc)


def verdict(time_s: float, score: float = 0.5) -> Analysis:
    frame = Frame("Hall", int(time_s * 10), time_s, np.zeros((2, 2, 3), np.uint8))
    return Analysis(frame, (Person(1, Box(0, 0, 1, 1), None, 0.25, score, Posture.UPRIGHT),))


# Times


@pytest.mark.parametrize(
    ("seconds", "words"),
    [(-3, "0 s"), (0, "0 s"), (59.9, "59 s"), (72, "1 min 12 s"), (7500, "2 h 5 min")],
)
def test_spans_of_time_in_words(seconds: float, words: str) -> None:
    assert span(seconds) == words


def test_the_clock_is_local_and_tells_the_day_unless_it_is_today() -> None:
    there = NOW.astimezone(timezone(timedelta(hours=2)))
    assert clock("2026-03-01T10:15:20.500Z", there) == "12:15:20"
    assert clock("2026-02-27T23:15:20.500Z", there) == "2026-02-28 01:15"


def test_places_in_clips() -> None:
    assert clip_clock(64.9) == "1:04"


# Choice of source


@pytest.mark.parametrize(
    ("text", "name", "is_clip"),
    [
        ("0", "webcam 0", False),
        ("/films/a b.mp4", "a b.mp4", True),
        ("rtsp://anna:secret@10.0.0.7/one", "rtsp://10.0.0.7/one", False),
    ],
)
def test_sources_from_text(text: str, name: str, is_clip: bool) -> None:
    choice = choose(text, Settings())
    assert (choice.text, choice.name, choice.is_clip) == (text, name, is_clip)


def test_what_is_no_source_is_refused() -> None:
    with pytest.raises(SourceError, match="gopher"):
        choose("gopher://old", Settings())


# Events


def test_events_tell_when_where_what_and_who(qtbot: QtBot, theme: Theme) -> None:
    events = EventList(theme)
    qtbot.addWidget(events)
    ended = alarm(
        state=AlarmState.CLOSED,
        acknowledged_by="anna",
        acknowledged_utc="2026-03-01T12:01:00.000Z",
    )
    events.show_events([alarm("two", camera="Kitchen"), ended])
    texts = [events.model.index(row).data() for row in range(events.model.rowCount())]
    assert "Fall – Kitchen. Not acknowledged yet" in texts[0]
    assert "Fall – Hall. Acknowledged" in texts[1]
    assert texts[1].endswith("by anna")
    events.resize(400, 300)
    assert not events.grab().isNull()


# Messages


def test_messages_on_one_topic_replace_each_other(qtbot: QtBot, theme: Theme) -> None:
    bar = NoticeBar(theme)
    qtbot.addWidget(bar)
    assert bar.isHidden()
    bar.show_message("camera", Message("It is gone."))
    bar.show_message("camera", Message("It is still gone."))
    bar.show_message("settings", Message("One key was bad."))
    assert bar.text == "It is still gone.\nOne key was bad."
    bar.clear_topic("camera")
    assert bar.text == "One key was bad."
    bar.clear_all()
    assert bar.isHidden()


def test_messages_do_not_pile_up(qtbot: QtBot, theme: Theme) -> None:
    bar = NoticeBar(theme)
    qtbot.addWidget(bar)
    for number in range(MAX_MESSAGES + 2):
        bar.show_message(str(number), plain(f"message {number}"))
    assert len(bar.text.splitlines()) == MAX_MESSAGES
    assert bar.text.endswith(f"message {MAX_MESSAGES + 1}")


# Strip


def test_the_history_keeps_one_minute() -> None:
    history = ScoreHistory()
    for step in range(1000):
        history.add(verdict(step / 10, score=step / 1000))
    seconds, p_fall, score = history.curves()
    assert seconds[-1] == 0.0
    assert seconds[0] == pytest.approx(-SPAN_S, abs=0.11)
    assert p_fall[-1] == 0.25
    assert score[-1] == pytest.approx(0.999)


def test_a_gap_is_a_hole_and_time_running_backwards_a_new_beginning() -> None:
    history = ScoreHistory()
    history.add(verdict(1.0))
    history.add(verdict(5.0))
    _, _, score = history.curves()
    assert np.isnan(score).tolist() == [False, True, False]
    history.add(verdict(0.0))
    assert len(history.curves()[0]) == 1
    history.clear()
    assert len(history.curves()[0]) == 0


def test_the_strip_shows_both_curves_and_the_threshold_where_they_belong(
    qtbot: QtBot, theme: Theme
) -> None:
    strip = StripPlot(theme)
    qtbot.addWidget(strip)
    strip.resize(900, strip.height())
    strip.set_threshold(0.6)
    for tenth in range(400):
        strip.add(verdict(tenth / 10, score=0.9))
    strip.show()
    strip.refresh()
    curves = strip.curves
    image = curves.grab().toImage()

    def has(seconds: float, value: float, colour: str) -> bool:
        place = curves.point(seconds, value).toPoint()
        # A dashed stroke is somewhere along a few pixels.
        around = [
            image.pixelColor(place.x() + x, place.y() + y) for x in range(12) for y in (-1, 0)
        ]
        return QColor(colour) in around

    colours = theme.palette
    assert has(-20, 0.9, colours.plot_score.ink)
    assert has(-20, 0.25, colours.plot_p_fall.ink)
    assert has(-30, 0.6, colours.plot_threshold.ink)
    assert not has(-50, 0.9, colours.plot_score.ink), "nothing was seen so long ago"


def test_the_strip_draws_nothing_across_a_gap(qtbot: QtBot, theme: Theme) -> None:
    strip = StripPlot(theme)
    qtbot.addWidget(strip)
    strip.resize(900, strip.height())
    for tenth in (*range(200), *range(300, 400)):
        strip.add(verdict(tenth / 10, score=0.9))
    strip.show()
    image = strip.curves.grab().toImage()
    ink = QColor(theme.palette.plot_score.ink)
    shown = []
    for before_s in (-5, -15, -25):
        place = strip.curves.point(before_s, 0.9).toPoint()
        shown.append(ink in [image.pixelColor(place.x(), place.y() + y) for y in (-1, 0)])
    assert shown == [True, False, True]


# Settings


def test_what_holds_for_one_run_is_not_saved_what_people_change_is(qtbot: QtBot) -> None:
    bridge = Bridge()
    tasks = BackgroundTasks(bridge, "fallwatch test tasks")
    saved: list[Settings] = []
    stored = Settings(variant="stored", sensitivity="low")
    preferences = Preferences(
        stored,
        lambda before, after: saved.append(after),
        tasks,
        this_run=Settings(variant="of this run"),
    )
    assert preferences.change(sensitivity="high")
    assert not preferences.change(sensitivity="high")
    tasks.close()
    bridge.close()
    assert (preferences.current.variant, preferences.current.sensitivity) == ("of this run", "high")
    assert [(each.variant, each.sensitivity) for each in saved] == [("stored", "high")]


def test_what_others_write_is_kept_and_counts(qtbot: QtBot) -> None:
    bridge = Bridge()
    tasks = BackgroundTasks(bridge, "fallwatch test tasks")
    stored = Settings(messages=(MessageSettings(name="Anna"),))
    both = (*stored.messages, MessageSettings(name="Ben"))
    told: list[Settings] = []

    def save(before: Settings, after: Settings) -> Settings:
        return merge_settings(before, after, Settings(messages=both))

    preferences = Preferences(stored, save, tasks, this_run=stored)
    preferences.on_outside = told.append
    preferences.change(sensitivity="high")
    qtbot.waitUntil(lambda: bool(told))
    now = preferences.current
    assert (now.sensitivity, now.messages) == ("high", both)
    # Chosen in a dialog that was opened before Ben was there.
    preferences.change(since=stored, messages=(), sensitivity="normal")
    assert [each.name for each in preferences.current.messages] == ["Ben"]
    assert preferences.current.sensitivity == "high", "it was not touched in the dialog"
    tasks.close()
    bridge.close()


def test_what_could_not_be_saved_is_saved_with_the_next_change(qtbot: QtBot) -> None:
    bridge = Bridge()
    tasks = BackgroundTasks(bridge, "fallwatch test tasks")
    saved: list[tuple[Settings, Settings]] = []
    failed: list[BaseException] = []
    tasks.failed.connect(failed.append)

    def save(before: Settings, after: Settings) -> None:
        saved.append((before, after))
        if len(saved) == 1:
            raise SettingsError("The disk is full.")

    preferences = Preferences(Settings(), save, tasks)
    preferences.change(sensitivity="high")
    qtbot.waitUntil(lambda: bool(failed))
    preferences.change(max_people=2)
    tasks.close()
    bridge.close()
    assert saved[1] == (Settings(), Settings(sensitivity="high", max_people=2))


# Tasks


def test_tasks_are_done_elsewhere_and_their_results_come_here(qtbot: QtBot) -> None:
    bridge = Bridge()
    tasks = BackgroundTasks(bridge, "fallwatch test tasks")
    answers: list[object] = []
    tasks.run(lambda: 7, answers.append)
    failure = OSError("no")

    def fail() -> None:
        raise failure

    tasks.run(fail, otherwise=answers.append)
    tasks.failed.connect(answers.append)
    tasks.run(fail)
    qtbot.waitUntil(lambda: len(answers) == 3)
    assert answers == [7, failure, failure]
    tasks.close()


def test_closing_still_does_what_was_asked_for(qtbot: QtBot) -> None:
    bridge = Bridge()
    tasks = BackgroundTasks(bridge, "fallwatch test tasks")
    done: list[int] = []
    for number in range(20):
        tasks.run(lambda number=number: done.append(number))  # type: ignore[misc]
    bridge.close()
    tasks.close()
    assert done == list(range(20))


# Appearance


def test_light_and_dark_follow_the_system(qtbot: QtBot, theme: Theme) -> None:
    changes: list[None] = []
    theme.changed.connect(lambda: changes.append(None))
    theme.follow(Qt.ColorScheme.Dark)
    assert theme.palette is DARK
    theme.follow(Qt.ColorScheme.Unknown)
    assert theme.palette is LIGHT
    assert len(changes) == 2


@pytest.mark.parametrize("path", sorted((resources_dir() / "icons").glob("*.svg")), ids=str)
def test_every_icon_draws_something(qtbot: QtBot, path: Path) -> None:
    image = icon_pixmap(path.stem, 32, "#ff0000").toImage()
    opaque = sum(image.pixelColor(x, y).alpha() > 128 for x in range(32) for y in range(32))
    assert opaque > 40


# Being asked to end


@pytest.mark.skipif(os.name == "nt", reason="Windows has no such signal to send to oneself")
@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_a_request_to_end_is_heard_while_nothing_else_happens(qtbot: QtBot, number: int) -> None:
    asked: list[None] = []
    before = signal.getsignal(number)
    signals = QuitSignals(lambda: asked.append(None))
    try:
        # Else the signal would end the tests themselves.
        assert signal.getsignal(number) is not before
        os.kill(os.getpid(), number)
        qtbot.waitUntil(lambda: bool(asked))
    finally:
        signals.close()
    assert signal.getsignal(number) is before
