"""The main window: it puts the parts in their places and joins their signals. No more."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

from PySide6.QtCore import Qt, QTimer, Signal
from PySide6.QtGui import (
    QAction,
    QCloseEvent,
    QDragEnterEvent,
    QDropEvent,
    QKeySequence,
    QPaintEvent,
    QShortcut,
)
from PySide6.QtWidgets import (
    QApplication,
    QDialog,
    QFileDialog,
    QHBoxLayout,
    QMainWindow,
    QMenu,
    QVBoxLayout,
    QWidget,
)

from fallwatch.settings import MAX_CAMERAS, WindowSettings
from fallwatch.ui.alarm.alarm_banner import FALSE_ALARM_KEY, AlarmBanner
from fallwatch.ui.alarm.click_guard import ClickGuard
from fallwatch.ui.alarm.dialog_alarms import DialogAlarms, make_ready
from fallwatch.ui.alarm.floating_banner import FloatingBanner
from fallwatch.ui.alarm.hold_key import ACKNOWLEDGE_KEY
from fallwatch.ui.events.event_list import EventList
from fallwatch.ui.rooms.files import CLIP_PATTERNS, dropped_file
from fallwatch.ui.rooms.health_line import HealthLine
from fallwatch.ui.rooms.live_column import LiveColumn
from fallwatch.ui.rooms.room_grid import RoomGrid
from fallwatch.ui.rooms.worst_room import Trouble
from fallwatch.ui.screen.halves import Halves
from fallwatch.ui.screen.window_place import restore_place
from fallwatch.ui.style.icons import icon
from fallwatch.ui.style.notice_bar import NoticeBar
from fallwatch.ui.style.theme import Theme
from fallwatch.ui.video.strip_plot import StripPlot
from fallwatch.ui.window.control_bar import ControlBar
from fallwatch.ui.window.tray import Tray


class MainWindow(QMainWindow):
    """The window of fallwatch.

    Signals:
        painted: The window has been painted for the first time.
        source_chosen: Text of the clip that somebody wants to watch.
        camera_wanted: Somebody wants to add a camera.
        settings_wanted: Somebody wants to see the settings.
        toggled: Somebody wants to start (True) or stop (False).
        close_wanted: Somebody wants the window closed, and ``asks_before_end`` is set.
        quit_wanted: Somebody wants to quit.
        ended: The window is closed for good.
    """

    painted = Signal()
    source_chosen = Signal(str)
    camera_wanted = Signal()
    settings_wanted = Signal()
    toggled = Signal(bool)
    close_wanted = Signal()
    quit_wanted = Signal()
    ended = Signal()

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self._theme = theme
        self._was_painted = False
        #: Whether closing the window is a wish that somebody decides on.
        self.asks_before_end = False
        self.setWindowTitle("fallwatch")
        self.setWindowIcon(icon("fallwatch"))
        self.setAcceptDrops(True)
        restore_place(self, WindowSettings())
        self.controls = ControlBar(theme)
        self.banner = AlarmBanner(theme)
        self.messages = NoticeBar(theme)
        self.grid = RoomGrid(theme)
        self.strip = StripPlot(theme)
        self.events = EventList(theme)
        self.health = HealthLine(theme)
        self.tray = Tray(self)
        self._lay_out()
        self._make_menus()
        self.controls.clip_wanted.connect(self._ask_for_clip)
        self.controls.camera_wanted.connect(self.camera_wanted)
        self.controls.settings_wanted.connect(self.settings_wanted)
        self.controls.toggled.connect(self.toggled)
        self.banner.raised.connect(self.come_to_front)
        self.tray.show_wanted.connect(self.come_to_front)
        self.tray.quit_wanted.connect(self.ask_to_quit)

    def show_trouble(self, trouble: Trouble | None) -> None:
        """Show the worst that is wrong, in every place that is seen without looking for it."""
        words = "" if trouble is None else trouble.words
        self.setWindowTitle(f"{words} – fallwatch" if words else "fallwatch")
        self.tray.show_trouble(words)
        self.health.show_trouble(trouble)

    def show_dialog(self, dialog: QDialog) -> None:
        """Show a dialog without waiting for it: all else goes on meanwhile, alarms too."""
        make_ready(dialog)
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        dialog.open()
        self._dialog_alarms.look()

    def _lay_out(self) -> None:
        self.live = LiveColumn(self.grid, self.strip)
        body = QWidget()
        inside = QHBoxLayout(body)
        inside.setContentsMargins(14, 8, 14, 4)
        inside.addWidget(Halves(self.live, self.events))
        under_banner, spacer = QWidget(), QWidget()
        below = QVBoxLayout(under_banner)
        below.setContentsMargins(0, 0, 0, 0)
        below.setSpacing(0)
        for widget in (spacer, self.messages):
            below.addWidget(widget)
        below.addWidget(body, 1)
        centre = QWidget()
        layout = QVBoxLayout(centre)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(0)
        layout.addWidget(self.controls)
        layout.addWidget(under_banner, 1)
        layout.addWidget(self.health)
        self.setCentralWidget(centre)
        self.click_guard = ClickGuard(self)
        self.floating = FloatingBanner(self.banner, under_banner, spacer, self.click_guard)
        self._dialog_alarms = DialogAlarms(self.banner, self._theme)

    def _make_menus(self) -> None:
        watch = self.menuBar().addMenu(self.tr("&Watch"))
        self._add(watch, self.tr("Add &camera…"), "Ctrl+K", self.camera_wanted.emit)
        self._add(watch, self.tr("Open c&lip…"), "Ctrl+O", self._ask_for_clip)
        self._add(
            watch, self.tr("&Pause or start watching"), "Ctrl+T", self.controls.start_stop.click
        )
        watch.addSeparator()
        self._add(watch, self.tr("&All rooms"), "Esc", lambda: self.grid.enlarge(None))
        for number in range(1, MAX_CAMERAS + 1):
            key = QShortcut(QKeySequence(f"Ctrl+{number}"), self)
            key.activated.connect(partial(self.grid.enlarge_number, number))
        #: Others add what belongs to watching, after the settings.
        self.watch_menu = watch
        watch.addSeparator()
        self._add(watch, self.tr("S&ettings…"), "Ctrl+,", self.settings_wanted.emit)
        self._add(watch, self.tr("&Quit"), "Ctrl+Q", self.ask_to_quit)
        alarm = self.menuBar().addMenu(self.tr("&Alarm"))
        self._add(alarm, self.tr("&Acknowledge"), ACKNOWLEDGE_KEY, self.banner.acknowledge)
        self._add(alarm, self.tr("&False alarm"), FALSE_ALARM_KEY, self.banner.call_false)

    def _add(self, menu: QMenu, words: str, key: str, slot: Callable[[], object]) -> None:
        action = QAction(words, self)
        action.setShortcut(QKeySequence(key))
        # Held, the key of Acknowledge means more than pressed again and again.
        action.setAutoRepeat(False)
        action.triggered.connect(lambda: slot())
        menu.addAction(action)

    def _ask_for_clip(self) -> None:
        dialog = QFileDialog(self, self.tr("Open clip"))
        dialog.setFileMode(QFileDialog.FileMode.ExistingFile)
        dialog.setOption(QFileDialog.Option.HideNameFilterDetails)
        dialog.setNameFilters(
            [self.tr("Videos ({0})").format(CLIP_PATTERNS), self.tr("All files (*)")]
        )
        dialog.fileSelected.connect(self.source_chosen)
        self.show_dialog(dialog)

    def come_to_front(self) -> None:
        """Be seen before all other windows, as far as the system lets us."""
        if self.isMinimized() or not self.isVisible():
            # As large as it was: a screen on the wall stays full.
            self.setWindowState(self.windowState() & ~Qt.WindowState.WindowMinimized)
            self.show()
        if QApplication.activeWindow() is None:
            # What is open before it may hold what somebody was typing.
            top = QApplication.activeModalWidget() or self
            top.raise_()
            top.activateWindow()
        QApplication.alert(self)

    def ask_to_quit(self) -> None:
        """Somebody wants to quit."""
        if self.asks_before_end:
            self.quit_wanted.emit()
        else:
            self.close()

    def end(self) -> None:
        """Close for good, without a question."""
        self.asks_before_end = False
        # A window that is hidden already would not be told of its end.
        if self.isVisible():
            self.close()
        else:
            self.ended.emit()

    def closeEvent(self, event: QCloseEvent) -> None:
        if self.asks_before_end:
            self.close_wanted.emit()
        # Who decided on the wish may have ended the window at once.
        event.setAccepted(not self.asks_before_end)
        if event.isAccepted():
            self.ended.emit()

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:
        if dropped_file(event.mimeData()) is not None:
            event.acceptProposedAction()

    def dropEvent(self, event: QDropEvent) -> None:
        path = dropped_file(event.mimeData())
        if path is not None:
            event.acceptProposedAction()
            self.source_chosen.emit(path)

    def paintEvent(self, event: QPaintEvent) -> None:
        super().paintEvent(event)
        if not self._was_painted:
            self._was_painted = True
            QTimer.singleShot(0, self.painted.emit)
