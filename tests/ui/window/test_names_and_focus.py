"""Whatever can be used has words for screen readers, and the keyboard reaches it."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import (
    QAbstractButton,
    QAbstractSpinBox,
    QComboBox,
    QDialog,
    QLineEdit,
    QScrollBar,
    QWidget,
)
from pytestqt.qtbot import QtBot

from fallwatch.settings import Settings
from fallwatch.ui.assistant.assistant_dialog import AssistantDialog
from fallwatch.ui.assistant.points import Answers, Situation
from fallwatch.ui.help.page import PageDialog
from fallwatch.ui.pauses.pause_dialog import PauseDialog
from fallwatch.ui.review.review_dialog import ReviewDialog, first_day
from fallwatch.ui.settings.notify_page import Trial
from fallwatch.ui.settings.recipient_dialog import RecipientDialog
from fallwatch.ui.settings.settings_dialog import SettingsDialog
from fallwatch.ui.style.theme import Theme
from fallwatch.ui.text.times import local_now
from tests.ui.fakes import alarm, nameless
from tests.ui.window.test_controller import Bench, make_bench

__all__ = ["make_bench"]

_USED = (QAbstractButton, QAbstractSpinBox, QComboBox, QLineEdit)


def unreachable(top: QWidget) -> list[str]:
    """Controls that can be seen and used, but not come to by the Tab key."""
    found = []
    for widget in top.findChildren(QWidget):
        if not isinstance(widget, _USED) or isinstance(widget, QScrollBar):
            continue
        if widget.window() is not top or not widget.isVisibleTo(top) or not widget.isEnabled():
            continue
        # The parts of a field, such as its line, are reached with the field.
        proxy = widget.parentWidget()
        if isinstance(proxy, (QAbstractSpinBox, QComboBox)) or widget.focusProxy() is not None:
            continue
        if widget.objectName().startswith("qt_"):
            continue
        if not widget.focusPolicy() & Qt.FocusPolicy.TabFocus:
            found.append(f"{type(widget).__name__} {widget.accessibleName()}")
    return found


def settings_dialog(theme: Theme) -> QDialog:
    return SettingsDialog(
        theme,
        Settings(),
        starts_by_itself=False,
        play=lambda priority: None,
        trial=Trial(lambda answer: None, lambda message, address, answer: None),
    )


DIALOGS: dict[str, Callable[[Theme], QDialog]] = {
    "settings": settings_dialog,
    "recipient": lambda theme: RecipientDialog(theme, lambda message, address, answer: None, ()),
    "pause": lambda theme: PauseDialog(["Hall", "Bath"], ["Hall"], "maria"),
    "assistant": lambda theme: AssistantDialog(
        theme, lambda: Situation({"Hall": True}, recipients=("Anna",)), Answers()
    ),
    "review": lambda theme: ReviewDialog(theme, first_day(local_now())),
    "help": lambda theme: PageDialog("Keys", "| a | b |\n|---|---|\n| c | d |"),
}


@pytest.mark.parametrize("name", DIALOGS)
def test_a_dialog(qtbot: QtBot, theme: Theme, name: str) -> None:
    dialog = DIALOGS[name](theme)
    qtbot.addWidget(dialog)
    dialog.show()
    pages = getattr(dialog, "tabs", None)
    for index in range(1 if pages is None else pages.count()):
        if pages is not None:
            pages.setCurrentIndex(index)
        assert nameless(dialog) == []
        assert unreachable(dialog) == []


def test_the_window_with_rooms_and_an_alarm(
    qtbot: QtBot,
    make_bench: Callable[..., Bench],
) -> None:
    bench = make_bench(cameras=[{"name": "Hall", "source": "0"}])
    bench.controller.begin(None)
    bench.window.show()
    bench.bridge.post_alarms((alarm("one"), alarm("two")))
    qtbot.waitUntil(lambda: bench.window.banner.shown is not None)
    assert nameless(bench.window) == []
    assert unreachable(bench.window) == []
