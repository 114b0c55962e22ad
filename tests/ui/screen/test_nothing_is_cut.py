"""On every screen people have, every word is read in full and no control hides another."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from PySide6.QtCore import QEvent, QSize, Qt, QTranslator
from PySide6.QtGui import QFont
from PySide6.QtWidgets import (
    QApplication,
    QDialog,
    QHBoxLayout,
    QLabel,
    QLineEdit,
    QPushButton,
    QScrollArea,
    QVBoxLayout,
    QWidget,
)
from pytestqt.qtbot import QtBot

from fallwatch.core.judge.evidence_text import torso_tilt
from fallwatch.core.types import Analysis, EventKind
from fallwatch.ui.pin.pin_gate import PinDialog
from fallwatch.ui.screen.dialog_size import fit_to_screen
from fallwatch.ui.style.dialog_parts import plain_buttons
from fallwatch.ui.style.theme import Theme
from fallwatch.ui.text.language import Language, speak
from fallwatch.ui.window.main_window import MainWindow
from tests.alarms.builders import make_event
from tests.screens.dialogs import DIALOGS
from tests.screens.scene import Scene
from tests.screens.windows import WINDOWS
from tests.ui.cut_words import cut_words
from tests.ui.fakes import analysis
from tests.ui.qt_waiting import process_events

#: Inside of a window on the screens people have, without its frame and a task bar; the largest
#: first, for a dialog that has once had to scroll goes on to.
SIZES = [QSize(1016, 562), QSize(792, 522)]

#: In these the letters are twice as large as the system's.
LARGE = ("alarm", "rooms", "camera", "somebody", "assistant", "quiet-hours", "pause", "quit")


@pytest.fixture(params=["en", "de"])
def language(qapp: QApplication, request: pytest.FixtureRequest) -> Iterator[Language]:
    speak(qapp, request.param)
    yield request.param
    speak(qapp, "en")
    for each in qapp.findChildren(QTranslator):
        qapp.removeTranslator(each)


@pytest.fixture(autouse=True)
def _nothing_is_left(qapp: QApplication) -> Iterator[None]:
    """Every later change of letters and colours would dress all these windows again."""
    yield
    for each in qapp.topLevelWidgets():
        each.deleteLater()
    qapp.sendPostedEvents(None, QEvent.Type.DeferredDelete)


@pytest.fixture
def large_letters(qapp: QApplication) -> Iterator[None]:
    before = qapp.font()
    larger = QFont(before)
    larger.setPointSizeF(2 * before.pointSizeF())
    qapp.setFont(larger)
    yield
    qapp.setFont(before)


def scene() -> Scene:
    """What the screens show, without the seconds that judging the clips takes."""
    seen = analysis(size=(480, 640))
    fallen = Analysis(
        seen.frame, events=(make_event(EventKind.FALL, evidence=(torso_tilt(78.0),)),)
    )
    return Scene(dict.fromkeys(("demo_fall", "demo_daily", "demo_bed"), seen), (fallen,))


def lay_out(widget: QWidget, size: QSize) -> None:
    if isinstance(widget, QDialog):
        fit_to_screen(widget, size)
    else:
        widget.resize(size)
    widget.show()
    process_events()
    if isinstance(widget, MainWindow):
        widget.floating.settle()
    process_events()


@pytest.mark.parametrize("name", [*WINDOWS, *DIALOGS])
def test_a_screen(qtbot: QtBot, theme: Theme, language: Language, name: str) -> None:
    with {**WINDOWS, **DIALOGS}[name](theme, scene()) as widget:
        qtbot.addWidget(widget)
        for size in SIZES:
            lay_out(widget, size)
            assert widget.width() <= size.width()
            assert widget.height() <= size.height()
            assert cut_words(widget) == []


@pytest.mark.usefixtures("large_letters")
@pytest.mark.parametrize("name", LARGE)
def test_a_screen_with_letters_twice_as_large(
    qtbot: QtBot, theme: Theme, language: Language, name: str
) -> None:
    with {**WINDOWS, **DIALOGS}[name](theme, scene()) as widget:
        qtbot.addWidget(widget)
        for size in SIZES[:-1]:
            lay_out(widget, size)
            assert widget.width() <= size.width()
            assert widget.height() <= size.height()
            # An address is seen in part, and a row of tabs is turned by its arrows.
            unfair = ("TextField", "QTabBar", "QToolButton")
            assert [each for each in cut_words(widget) if not each.startswith(unfair)] == []


def test_what_is_cut_is_found(qtbot: QtBot, theme: Theme) -> None:
    window = QWidget()
    qtbot.addWidget(window)
    row = QHBoxLayout(window)
    row.setSpacing(0)
    label, button, other = QLabel("word " * 20), QPushButton("Far too long"), QPushButton("b")
    line = QLineEdit("rtsp://192.168.1.20/stream1")
    for each in (label, button, other, line):
        row.addWidget(each)
    label.setWordWrap(True)
    label.setFixedSize(60, 20)
    button.setFixedWidth(30)
    line.setFixedWidth(60)
    window.show()
    process_events()
    lines = cut_words(window)
    found = "\n".join(lines)
    assert len(lines) == 4, found
    for wrong in ("QLabel", "'Far too long': needs", "too close", "stream1' is cut"):
        assert wrong in found


class HighDialog(QDialog):
    """Thirty fields, one below the other."""

    def __init__(self) -> None:
        super().__init__()
        layout = QVBoxLayout(self)
        self.fields = [QLineEdit() for _ in range(30)]
        for each in self.fields:
            layout.addWidget(each)
        self.buttons = plain_buttons(self, {"Save": "Save", "Cancel": "Cancel"})
        layout.addWidget(self.buttons)


@pytest.mark.parametrize("late", [False, True])
def test_a_dialog_that_is_too_high_scrolls_and_keeps_its_buttons_in_sight(
    qtbot: QtBot, theme: Theme, late: bool
) -> None:
    dialog = HighDialog()
    qtbot.addWidget(dialog)
    for field in dialog.fields[5:]:
        field.setVisible(not late)
    fit_to_screen(dialog, QSize(600, 400))
    dialog.show()
    process_events()
    # It may come to hold more while it is open.
    for field in dialog.fields:
        field.show()
    process_events()
    assert dialog.height() <= 400
    assert dialog.rect().contains(dialog.buttons.geometry())
    assert dialog.focusWidget() is dialog.fields[0]
    area = dialog.findChild(QScrollArea)
    assert isinstance(area, QScrollArea)
    for field in dialog.fields[1:]:
        qtbot.keyClick(dialog.focusWidget(), Qt.Key.Key_Tab)
        assert dialog.focusWidget() is field
    seen = field.mapTo(area.viewport(), field.rect().center())
    assert area.viewport().rect().contains(seen), "it comes into view with the focus"
    qtbot.keyClick(dialog.focusWidget(), Qt.Key.Key_Tab)
    assert dialog.focusWidget() in dialog.buttons.buttons()


def test_a_dialog_that_fits_stays_as_it_is(qtbot: QtBot, theme: Theme) -> None:
    dialog = PinDialog(theme, "2468")
    qtbot.addWidget(dialog)
    fit_to_screen(dialog, QSize(600, 400))
    dialog.show()
    process_events()
    assert dialog.findChild(QScrollArea) is None
