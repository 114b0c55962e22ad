"""The self-test's page."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from PySide6.QtWidgets import QLabel
from pytestqt.qtbot import QtBot

from fallwatch.core.message import Message
from fallwatch.doctor import CheckOutcome, CheckResult
from fallwatch.settings import Settings
from fallwatch.ui.background.bridge import Bridge
from fallwatch.ui.style.theme import Theme
from fallwatch.ui.window.main_window import MainWindow
from fallwatch.ui.window.self_test import SelfTestDialog
from fallwatch.ui.window.tools_menu import Tools

GOOD = CheckResult(Message("Disk space"), CheckOutcome.GOOD, Message("80 GB are free."))
REMARK = CheckResult(Message("Camera"), CheckOutcome.REMARK, Message("No camera is set up yet."))
BAD = CheckResult(
    Message("Alarm sound"),
    CheckOutcome.BAD,
    Message("Nothing <is> heard."),
    Message("Plug it in."),
)

Show = Callable[..., SelfTestDialog]


@pytest.fixture
def show(qtbot: QtBot, theme: Theme) -> Iterator[Show]:
    shown: list[SelfTestDialog] = []

    def make(*findings: CheckResult, error: Exception | None = None) -> SelfTestDialog:
        def examine() -> Iterator[CheckResult]:
            yield from findings
            if error is not None:
                raise error

        dialog = SelfTestDialog(theme, examine, Bridge())
        qtbot.addWidget(dialog)
        dialog.show()
        dialog.start()
        shown.append(dialog)
        return dialog

    yield make
    for dialog in shown:
        dialog.done(0)


def texts(dialog: SelfTestDialog) -> str:
    return "\n".join(label.text() for label in dialog._page.findChildren(QLabel))


def test_every_finding_has_a_mark_words_and_a_remedy(qtbot: QtBot, show: Show) -> None:
    dialog = show(GOOD, REMARK, BAD)
    qtbot.waitUntil(lambda: dialog.verdict.text() == "1 of 3 checks failed.")
    text = texts(dialog)
    assert [mark for mark in text if mark in "✔•✘"] == ["✔", "•", "✘"]
    assert "Nothing &lt;is&gt; heard. Plug it in." in text
    assert not dialog.busy.isVisible()


def test_remarks_are_no_failure(qtbot: QtBot, show: Show) -> None:
    dialog = show(GOOD, REMARK)
    qtbot.waitUntil(lambda: dialog.verdict.text() == "All is well.")


def test_it_can_be_done_again(qtbot: QtBot, show: Show) -> None:
    dialog = show(GOOD, BAD)
    qtbot.waitUntil(dialog.again_button.isEnabled)
    dialog.again_button.click()
    assert not dialog.again_button.isEnabled()
    qtbot.waitUntil(dialog.again_button.isEnabled)
    assert len(dialog.findings) == 2


def test_a_test_that_breaks_off_is_never_all_is_well(qtbot: QtBot, show: Show) -> None:
    dialog = show(GOOD, error=RuntimeError("the roof fell in"))
    qtbot.waitUntil(lambda: "the roof fell in" in dialog.verdict.text())


def test_the_menu_opens_both_tools_and_closing_ends_them(qtbot: QtBot, theme: Theme) -> None:
    window = MainWindow(theme)
    qtbot.addWidget(window)

    def no_models(name: str) -> Any:
        raise AssertionError(name)

    tools = Tools(
        window,
        theme,
        Bridge(window),
        settings=Settings,
        make_analyzer=no_models,
        examine=lambda: lambda: iter([GOOD]),
    )
    actions = {
        action.text(): action
        for menu in window.menuBar().actions()
        if menu.text() == "&Tools"
        for action in menu.menu().actions()
    }
    actions["&Self-test…"].trigger()
    dialog = window.findChild(SelfTestDialog)
    assert isinstance(dialog, SelfTestDialog)
    qtbot.waitUntil(lambda: dialog.verdict.text() == "All is well.")
    actions["&Recorded clips…"].trigger()
    assert len(tools._open) == 2
    tools.close()
    assert tools._open == []
