"""The window fits on every screen, and so does every button that answers an alarm."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from PySide6.QtCore import QMargins, QPoint, QRect, QTranslator
from PySide6.QtGui import QFont
from PySide6.QtWidgets import QApplication, QPushButton, QWidget
from pytestqt.qtbot import QtBot

from fallwatch.settings import WindowSettings
from fallwatch.ui.rooms.room_tile import RoomTile
from fallwatch.ui.screen.window_place import FIRST_SIZE, fitted, restore_place
from fallwatch.ui.style.theme import Theme
from fallwatch.ui.text.language import Language, speak
from fallwatch.ui.window.main_window import MainWindow
from tests.ui.fakes import alarm, analysis
from tests.ui.qt_waiting import process_events

#: Screens people have, in pixels, with the scale they are set to.
SCREENS = [(1280, 800, 1.5), (1024, 600, 1.0), (1366, 768, 1.5), (1920, 1080, 2.0), (800, 598, 1.0)]

FRAME = QMargins(4, 34, 4, 4)


@pytest.fixture(params=["en", "de"])
def language(qapp: QApplication, request: pytest.FixtureRequest) -> Iterator[Language]:
    speak(qapp, request.param)
    yield request.param
    for each in qapp.findChildren(QTranslator):
        qapp.removeTranslator(each)
        each.deleteLater()


@pytest.fixture(params=[1.0, 1.5])
def dpi(qapp: QApplication, request: pytest.FixtureRequest) -> Iterator[float]:
    """Some systems enlarge the letters and nothing else: 144 dpi instead of 96."""
    before = qapp.font()
    larger = QFont(before)
    larger.setPointSizeF(before.pointSizeF() * request.param)
    qapp.setFont(larger)
    yield request.param
    qapp.setFont(before)


def alarmed(theme: Theme, rooms: int) -> MainWindow:
    window = MainWindow(theme)
    for _ in range(rooms):
        window.grid.add(RoomTile(theme))
    name = "Wohnzimmer im ersten Stock links, beim Treppenaufgang"
    window.banner.show_image("one", analysis())
    window.banner.show_alarms((alarm("one", camera=name), alarm("two", camera="x" * 60)))
    return window


def outside(window: MainWindow, buttons: list[QPushButton]) -> list[str]:
    """The buttons that are not wholly inside the window."""
    area = QRect(QPoint(), window.size())
    return [
        button.accessibleName()
        for button in buttons
        if not area.contains(QRect(button.mapTo(window, QPoint()), button.size()))
        or button.width() < button.minimumSizeHint().width()
    ]


@pytest.mark.parametrize(("width", "height", "scale"), SCREENS)
def test_every_button_of_the_banner_is_on_the_screen(
    qtbot: QtBot,
    qapp: QApplication,
    language: Language,
    dpi: float,
    width: int,
    height: int,
    scale: float,
) -> None:
    if dpi > 1 and scale > 1:
        pytest.skip("a system enlarges either everything or the letters")
    window = alarmed(Theme(qapp), 9)
    qtbot.addWidget(window)
    free = QRect(0, 0, round(width / scale), round(height / scale)).marginsRemoved(FRAME)
    window.setMinimumSize(window.minimumSize().boundedTo(free.size()))
    window.setGeometry(fitted(QRect(), [free]))
    window.show()
    process_events()
    assert free.contains(window.geometry())
    answers = [each for each in window.banner.findChildren(QPushButton) if each.isVisible()]
    assert len(answers) == 4
    assert outside(window, answers) == []
    controls = [each for each in window.controls.findChildren(QPushButton) if each.isVisible()]
    assert outside(window, controls) == []


def test_the_window_opens_inside_the_screen_there_is(qtbot: QtBot, theme: Theme) -> None:
    window = MainWindow(theme)
    qtbot.addWidget(window)
    assert window.screen().availableGeometry().contains(window.geometry())


def test_the_place_is_kept(qtbot: QtBot, theme: Theme) -> None:
    free = [QRect(0, 0, 1920, 1040), QRect(1920, 0, 1280, 984)]
    assert fitted(QRect(100, 120, 900, 600), free) == QRect(100, 120, 900, 600)
    assert fitted(QRect(2000, 50, 900, 600), free) == QRect(2000, 50, 900, 600)


@pytest.mark.parametrize(
    "wanted",
    [
        QRect(-500, -300, 900, 600),
        QRect(1800, 1000, 900, 600),
        QRect(5000, 5000, 900, 600),
        QRect(0, 0, 4000, 3000),
    ],
)
def test_a_place_that_is_no_more_is_repaired(wanted: QRect) -> None:
    screen = QRect(0, 0, 1280, 800)
    assert screen.contains(fitted(wanted, [screen]))


def test_a_large_screen_shows_the_window_in_its_middle() -> None:
    place = fitted(QRect(), [QRect(0, 0, 1920, 1080)])
    assert place.size() == FIRST_SIZE
    assert abs(place.center().x() - 960) <= 1


def test_a_window_kept_maximised_is_so_again(qtbot: QtBot) -> None:
    window = QWidget()
    qtbot.addWidget(window)
    restore_place(window, WindowSettings(left=10, top=50, width=500, height=400, maximized=True))
    assert window.isMaximized()
    window.show()
    window.showNormal()
    assert window.size().width() == 500
