"""The live image."""

from __future__ import annotations

import numpy as np
import pytest
from PySide6.QtCore import QRectF
from PySide6.QtGui import QColor, QFont, QFontMetricsF, QImage, QPainter
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from fallwatch.core.overlay import Label, Tone
from fallwatch.core.types import Analysis, Box, Frame, Person, Posture
from fallwatch.runtime.views.state_look import look_of, nothing_open
from fallwatch.ui.style.palette import OVERLAY_ALARM, OVERLAY_OFF
from fallwatch.ui.video import video_view
from fallwatch.ui.video.overlay_painter import fitting, paint_shapes
from fallwatch.ui.video.video_view import VideoView
from tests.ui.fakes import RUNNING, analysis
from tests.ui.qt_waiting import process_events

MONITORING = look_of(RUNNING)


def coloured(width_px: int, height_px: int, people: tuple[Person, ...] = ()) -> Analysis:
    image = np.zeros((height_px, width_px, 3), np.uint8)
    image[...] = (200, 100, 50)  # blue, green, red
    return Analysis(Frame("Hall", 0, 0.0, image), people)


def view_of(qtbot: QtBot, width: int = 400, height: int = 300) -> VideoView:
    view = VideoView()
    qtbot.addWidget(view)
    view.resize(width, height)
    view.set_look(MONITORING)
    return view


def grab(view: VideoView) -> QImage:
    return view.grab().toImage()


def test_the_image_is_shown_in_its_own_colours(qtbot: QtBot) -> None:
    view = view_of(qtbot)
    view.set_analysis(coloured(64, 48))
    assert grab(view).pixelColor(200, 150) == QColor(50, 100, 200)


def test_a_wide_image_gets_bars_above_and_below(qtbot: QtBot) -> None:
    view = view_of(qtbot, 400, 300)
    view.set_analysis(coloured(200, 50))
    area = view.image_rect()
    assert (area.left(), area.top(), area.width(), area.height()) == (0, 100, 400, 100)
    image = grab(view)
    assert image.pixelColor(200, 50) != QColor(50, 100, 200)
    assert image.pixelColor(200, 150) == QColor(50, 100, 200)


def test_frames_may_change_size(qtbot: QtBot) -> None:
    view = view_of(qtbot)
    for width_px, height_px in ((64, 48), (37, 53), (1, 1), (640, 480)):
        view.set_analysis(coloured(width_px, height_px))
        assert grab(view).pixelColor(200, 150) == QColor(50, 100, 200)


def test_a_larger_window_shows_the_same_image_larger(qtbot: QtBot) -> None:
    view = view_of(qtbot, 64, 48)
    view.set_analysis(coloured(64, 48))
    assert grab(view).pixelColor(60, 40) == QColor(50, 100, 200)
    view.resize(640, 480)
    assert grab(view).pixelColor(630, 470) == QColor(50, 100, 200)


def test_who_has_fallen_is_framed_in_the_alarm_colour(qtbot: QtBot) -> None:
    view = view_of(qtbot, 640, 480)
    fallen = Person(1, Box(100, 100, 300, 200), None, 0.9, 0.9, Posture.FALLEN)
    view.set_analysis(coloured(640, 480, (fallen,)))
    assert grab(view).pixelColor(200, 200) == QColor(OVERLAY_ALARM.paper)


def test_an_image_that_is_not_monitored_is_grey_dark_and_says_so(qtbot: QtBot) -> None:
    view = view_of(qtbot, 600, 400)
    view.set_analysis(coloured(600, 400))
    view.set_look(nothing_open())
    image = grab(view)
    corner = image.pixelColor(5, 5)
    assert max(corner.red(), corner.green(), corner.blue()) < 90
    assert abs(corner.red() - corner.blue()) < 12
    panel = {image.pixelColor(x, 200).name() for x in range(100, 500)}
    assert OVERLAY_OFF.paper in panel
    assert OVERLAY_OFF.ink in {
        image.pixelColor(x, y).name() for x in range(100, 500) for y in range(100, 300)
    }


def test_the_old_image_is_gone_after_clear(qtbot: QtBot) -> None:
    view = view_of(qtbot)
    view.set_analysis(coloured(64, 48))
    view.clear()
    assert grab(view).pixelColor(200, 150) != QColor(50, 100, 200)
    assert view.image_rect().isEmpty()


def test_a_flood_of_frames_is_painted_a_few_times_and_ends_with_the_last(qtbot: QtBot) -> None:
    paints: list[None] = []

    class Counting(VideoView):
        def paintEvent(self, event: object) -> None:
            paints.append(None)
            super().paintEvent(event)  # type: ignore[arg-type]

    view = Counting()
    qtbot.addWidget(view)
    view.set_look(MONITORING)
    view.resize(400, 300)
    view.show()
    qtbot.waitUntil(lambda: bool(paints))
    process_events()
    paints.clear()
    for index in range(1000):
        view.set_analysis(analysis(index, shade=index % 251))
    qtbot.waitUntil(lambda: bool(paints))
    process_events()
    assert len(paints) <= 3
    shade = 999 % 251
    assert grab(view).pixelColor(200, 150) == QColor(shade, shade, shade)


def test_of_an_image_that_is_not_painted_nothing_is_made(
    qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    made: list[Analysis] = []
    monkeypatch.setattr(video_view, "overlay", lambda each: made.append(each) or ())
    view = view_of(qtbot)
    for index in range(5):
        view.set_analysis(analysis(index))
    process_events()
    assert made == []
    grab(view)
    grab(view)
    assert [each.frame.index for each in made] == [4]


@pytest.mark.parametrize("text", ["NOT MONITORING", "NICHT \u00dcBERWACHT"])
def test_a_line_too_wide_for_a_small_tile_is_written_smaller_and_else_as_it_is(
    qapp: QApplication, text: str
) -> None:
    font = QFont()
    font.setPointSizeF(14.0)
    needed = QFontMetricsF(font).horizontalAdvance(text)
    assert fitting(font, text, needed) == font
    narrow = fitting(font, text, 0.6 * needed)
    assert 0.4 * needed < QFontMetricsF(narrow).horizontalAdvance(text) <= 0.64 * needed


@pytest.mark.parametrize("x_px", [-20.0, 150.0, 290.0])
def test_the_words_of_a_person_at_the_image_s_side_are_whole(qtbot: QtBot, x_px: float) -> None:
    def painted(at_px: float) -> int:
        image = QImage(300, 60, QImage.Format.Format_RGB32)
        image.fill(0)
        painter = QPainter(image)
        words = Label(at_px, 40.0, "Fallen", Tone.ALARM)
        paint_shapes(painter, (words,), QRectF(0, 0, 300, 60), 1.0)
        painter.end()
        pixels = np.frombuffer(image.constBits(), np.uint8).reshape(60, 300, 4)
        return int((pixels[..., :3].sum(axis=2) > 0).any(axis=0).sum())

    assert painted(x_px) == pytest.approx(painted(100.0), abs=1)
