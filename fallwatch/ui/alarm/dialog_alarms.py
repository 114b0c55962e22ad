"""The alarm in every open dialog: what is typed there stays, and the alarm can be acknowledged."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QObject, QPoint, QRect, Qt, QTimer
from PySide6.QtGui import QColor, QGuiApplication, QKeySequence, QPainter, QPaintEvent, QShortcut
from PySide6.QtWidgets import (
    QApplication,
    QDialog,
    QFileDialog,
    QHBoxLayout,
    QMessageBox,
    QPushButton,
    QSizePolicy,
    QWidget,
)

from fallwatch.ui.alarm.alarm_banner import READ_FIRST_MS, AlarmBanner
from fallwatch.ui.alarm.hold_key import ACKNOWLEDGE_KEY
from fallwatch.ui.screen.dialog_size import bring_inside, fit_to_screen
from fallwatch.ui.style.theme import Theme, scale_font, set_ink
from fallwatch.ui.text.plain_text import breakable, plain_label
from fallwatch.ui.text.words import headline


class AlarmBar(QWidget):
    """One line at the foot of a dialog, with its own Acknowledge.

    The dialog grows by it: what is above stays where it is.
    """

    def __init__(self, dialog: QDialog, banner: AlarmBanner, theme: Theme) -> None:
        super().__init__(dialog)
        self._dialog, self._banner, self._theme = dialog, banner, theme
        self._grown_px = 0
        self._shown_id = ""
        self.words = plain_label()
        self.words.setWordWrap(True)
        self.words.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Preferred)
        scale_font(self.words, 1.2, bold=True)
        self.button = QPushButton()
        # Enter in a field of the dialog must not answer an alarm.
        self.button.setAutoDefault(False)
        self.button.clicked.connect(banner.acknowledge)
        key = QShortcut(QKeySequence(ACKNOWLEDGE_KEY), dialog)
        key.setAutoRepeat(False)
        key.activated.connect(banner.acknowledge)
        layout = QHBoxLayout(self)
        layout.setContentsMargins(16, 10, 16, 10)
        layout.addWidget(self.words, 1)
        layout.addWidget(self.button)
        self._read_first = QTimer(self)
        self._read_first.setSingleShot(True)
        self._read_first.setInterval(READ_FIRST_MS)
        self._read_first.timeout.connect(self.refresh)
        banner.changed.connect(self.refresh)
        theme.changed.connect(self.refresh)
        dialog.installEventFilter(self)
        self.hide()
        self.refresh()

    def refresh(self) -> None:
        """Show the alarm that waits, if one does."""
        alarm = self._banner.shown
        if alarm is None:
            self._shown_id = ""
            self.hide()
            self._grow(0)
            return
        if alarm.event_id != self._shown_id:
            self._shown_id = alarm.event_id
            # Who was about to press something must not answer an alarm unread.
            self._read_first.start()
        set_ink(self.words, self._banner.colours.ink)
        self.update()
        self.words.setText(breakable(headline(alarm)))
        self.button.setText(self.tr("Acknowledge ({0})").format(ACKNOWLEDGE_KEY))
        self.button.setAccessibleName(self.tr("Acknowledge: {0}").format(headline(alarm)))
        self.button.setEnabled(self._banner.can_answer and not self._read_first.isActive())
        self.show()
        self._fit()
        self._grow(self.height())

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if watched is self._dialog and event.type() is QEvent.Type.Resize and self.isVisible():
            self._fit()
            if isinstance(self._dialog, QMessageBox):
                # It sees to its size itself, some time after it was asked to.
                bring_inside(self._dialog)
        return False

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.fillRect(self.rect(), QColor(self._banner.colours.paper))
        painter.end()

    def _fit(self) -> None:
        width = self._dialog.width()
        height = max(self.minimumSizeHint().height(), self.heightForWidth(width))
        top = self._dialog.height() - (height if self._grown_px else 0)
        self.setGeometry(QRect(QPoint(0, max(0, top)), QPoint(width - 1, max(0, top) + height - 1)))
        self.raise_()

    def _grow(self, px: int) -> None:
        """Have the dialog this much higher than it would be, below all it holds."""
        more = px - self._grown_px
        layout = self._dialog.layout()
        if more == 0 or layout is None:
            return
        self._grown_px = px
        margins = layout.contentsMargins()
        margins.setBottom(margins.bottom() + more)
        layout.setContentsMargins(margins)
        self._dialog.resize(self._dialog.width(), self._dialog.height() + more)
        if px:
            fit_to_screen(self._dialog)
            self._fit()


class DialogAlarms(QObject):
    """Puts the bar into every dialog that is open while an alarm waits.

    Args:
        banner: Whose alarm is told.
        theme: Colours.
    """

    def __init__(self, banner: AlarmBanner, theme: Theme) -> None:
        super().__init__(banner)
        self._banner, self._theme = banner, theme
        banner.changed.connect(self.look)
        application = QGuiApplication.instance()
        if isinstance(application, QGuiApplication):
            # A dialog that opens during an alarm, whoever opens it.
            application.focusWindowChanged.connect(self.look)

    def look(self) -> None:
        """See to the dialogs that are open now."""
        if self._banner.shown is None:
            return
        dialogs = (each for each in QApplication.topLevelWidgets() if isinstance(each, QDialog))
        for dialog in dialogs:
            is_ours = dialog.isVisible() and _belongs(dialog, self._banner.window())
            direct = Qt.FindChildOption.FindDirectChildrenOnly
            # A dialog that was opened from this one has a bar of its own.
            if is_ours and dialog.findChild(AlarmBar, options=direct) is None:
                AlarmBar(dialog, self._banner, self._theme)


def make_ready(dialog: QDialog) -> None:
    """Make a dialog ready to be shown: inside the screen, and able to show an alarm.

    The system's own dialog for files could not.
    """
    fit_to_screen(dialog)
    if isinstance(dialog, QFileDialog):
        dialog.setOption(QFileDialog.Option.DontUseNativeDialog)


def _belongs(dialog: QWidget, window: QWidget) -> bool:
    parent = dialog.parentWidget()
    while parent is not None and parent is not window:
        parent = parent.parentWidget()
    return parent is window
