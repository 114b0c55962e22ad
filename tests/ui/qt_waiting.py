"""Waiting for Qt and for what the window has done in the background."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from fallwatch.ui.background.background_tasks import BackgroundTasks
from tests.waiting import PATIENCE_S

_PATIENCE_MS = round(1000 * PATIENCE_S)


class PatientQtBot(QtBot):
    """pytest-qt's robot, which by default waits long enough for a busy computer."""

    def waitUntil(
        self, callback: Callable[[], bool | None], *, timeout: int = _PATIENCE_MS
    ) -> None:
        super().waitUntil(callback, timeout=timeout)

    def waitSignal(self, signal: object, *, timeout: int = _PATIENCE_MS, **more: object):  # type: ignore[no-untyped-def,override]
        return super().waitSignal(signal, timeout=timeout, **more)  # type: ignore[arg-type]

    def waitExposed(self, widget: object, *, timeout: int = _PATIENCE_MS):  # type: ignore[no-untyped-def,override]
        return super().waitExposed(widget, timeout=timeout)  # type: ignore[arg-type]


def process_events() -> None:
    """Let Qt do all it has to do by now."""
    QApplication.processEvents()
    QApplication.sendPostedEvents()


def finish_tasks(qtbot: QtBot, tasks: BackgroundTasks) -> None:
    """Wait until the tasks begun so far are done, and their results have reached the window."""
    done: list[None] = []
    tasks.run(lambda: None, done.append)
    qtbot.waitUntil(lambda: bool(done))
    process_events()
