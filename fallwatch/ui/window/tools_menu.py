"""The menu of tools: recorded clips and the self-test."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QObject, Qt
from PySide6.QtGui import QAction, QKeySequence
from PySide6.QtWidgets import QDialog

from fallwatch import paths
from fallwatch.runtime.analyzers import judge_config
from fallwatch.settings import Settings
from fallwatch.ui.alarm.dialog_alarms import make_ready
from fallwatch.ui.background.background_tasks import BackgroundTasks
from fallwatch.ui.background.bridge import Bridge
from fallwatch.ui.player.analysis import MakeAnalyzer
from fallwatch.ui.player.studio import ClipStudio
from fallwatch.ui.style.theme import Theme
from fallwatch.ui.window.main_window import MainWindow
from fallwatch.ui.window.self_test import Examine, SelfTestDialog


class Tools(QObject):
    """Adds the menu and opens what is in it.

    Args:
        window: Gets the menu.
        theme: Colours.
        bridge: Brings answers to the window's thread.
        settings: The settings in use.
        make_analyzer: Loads the models for a clip.
        examine: Makes the self-test, with what is known of the rooms at this moment.
    """

    def __init__(
        self,
        window: MainWindow,
        theme: Theme,
        bridge: Bridge,
        *,
        settings: Callable[[], Settings],
        make_analyzer: MakeAnalyzer,
        examine: Callable[[], Examine],
    ) -> None:
        super().__init__(window)
        self._window, self._theme, self._bridge = window, theme, bridge
        self._settings, self._make_analyzer, self._examine = settings, make_analyzer, examine
        self._tasks = BackgroundTasks(bridge, "fallwatch tools", self)
        self._open: list[QDialog] = []
        menu = window.menuBar().addMenu(self.tr("&Tools"))
        for words, key, slot in (
            (self.tr("&Recorded clips…"), "Ctrl+R", self.open_studio),
            (self.tr("&Self-test…"), "Ctrl+Shift+T", self.open_self_test),
        ):
            action = QAction(words, window)
            action.setShortcut(QKeySequence(key))
            action.triggered.connect(slot)
            menu.addAction(action)

    def close(self) -> None:
        """Close what is open."""
        for dialog in tuple(self._open):
            dialog.reject()
        self._tasks.close()

    def open_studio(self) -> ClipStudio:
        """Show the window for recorded clips, beside the main window."""
        settings = self._settings()
        studio = ClipStudio(
            self._theme,
            self._tasks,
            self._make_analyzer,
            max_fps=settings.analysis_fps,
            threshold=judge_config(settings).threshold,
            reports=paths.data_dir() / "evaluations",
            evaluate_options=[
                *("--variant", settings.variant),
                *("--sensitivity", settings.sensitivity),
            ],
            parent=self._window,
        )
        self._show(studio)
        return studio

    def open_self_test(self) -> SelfTestDialog:
        """Show the self-test and begin it."""
        dialog = SelfTestDialog(self._theme, self._examine(), self._bridge, self._window)
        self._show(dialog)
        dialog.start()
        return dialog

    def _show(self, dialog: QDialog) -> None:
        # Not modal: the rooms stay in view, and an alarm can be answered.
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self._open.append(dialog)
        dialog.finished.connect(lambda _: self._open.remove(dialog))
        make_ready(dialog)
        dialog.show()
