"""Dialogs inside their screen: what does not fit scrolls, and the buttons stay in sight."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QObject, QSize, Qt
from PySide6.QtWidgets import (
    QDialog,
    QDialogButtonBox,
    QFileDialog,
    QLayout,
    QMessageBox,
    QScrollArea,
    QVBoxLayout,
    QWidget,
)

from fallwatch.ui.screen.window_place import FRAME, fitted


def fit_to_screen(dialog: QDialog, room: QSize | None = None) -> None:
    """Keep a dialog as small as its screen, now and whatever it comes to hold.

    Args:
        dialog: Not yet shown, or shown already.
        room: The most it may take, without its frame; by default what its screen has free.
    """
    if room is None:
        room = dialog.screen().availableGeometry().marginsRemoved(FRAME).size()
    # Qt's own dialogs see to it themselves.
    if not isinstance(dialog, (QFileDialog, QMessageBox)):
        # Not that of a dialog that was opened from this one.
        direct = Qt.FindChildOption.FindDirectChildrenOnly
        fit = dialog.findChild(_Fit, options=direct) or _Fit(dialog)
        fit.keep_within(room)
    dialog.resize(dialog.size().boundedTo(room))
    bring_inside(dialog)


#: How large the letters of a dialog are is known once it is shown.
_CHANGES = (QEvent.Type.LayoutRequest, QEvent.Type.Show)


class _Fit(QObject):
    """Lets a dialog scroll from the moment on in which it would become too large."""

    # Of the class: a dialog that is being collected as garbage may still get an event.
    _dialog: QDialog | None = None

    def __init__(self, dialog: QDialog) -> None:
        super().__init__(dialog)
        self._dialog = dialog
        self._room = QSize()
        self._scrolls = False
        dialog.installEventFilter(self)

    def keep_within(self, room: QSize) -> None:
        self._room = room
        self._look()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if event.type() in _CHANGES and watched is self._dialog:
            self._look()
        return False

    def _look(self) -> None:
        dialog = self._dialog
        layout = None if dialog is None else dialog.layout()
        if dialog is None or layout is None or self._scrolls:
            return
        needed = layout.totalMinimumSize()
        if layout.hasHeightForWidth():
            # Qt knows of words over several lines only how high they are at a width.
            width = max(needed.width(), min(dialog.width(), self._room.width()))
            needed.setHeight(max(needed.height(), layout.totalMinimumHeightForWidth(width)))
        if needed.width() > self._room.width() or needed.height() > self._room.height():
            self._scrolls = True
            _scroll(dialog, layout)
            dialog.resize(dialog.size().boundedTo(self._room))
        elif dialog.size() != dialog.size().expandedTo(needed):
            dialog.resize(dialog.size().expandedTo(needed))
            bring_inside(dialog)


def bring_inside(dialog: QDialog) -> None:
    """Move a dialog that has grown over the edge of its screen: at its foot are its buttons."""
    if not dialog.isVisible():
        return
    place = fitted(dialog.geometry(), [dialog.screen().availableGeometry().marginsRemoved(FRAME)])
    if place != dialog.geometry():
        dialog.setGeometry(place)


def _scroll(dialog: QDialog, layout: QLayout) -> None:
    """Move all that a dialog holds into a page that scrolls, but for its row of buttons."""
    focus = dialog.focusWidget()
    margins = layout.contentsMargins()
    last = layout.itemAt(layout.count() - 1)
    buttons = None if last is None else last.widget()
    if isinstance(buttons, QDialogButtonBox):
        layout.removeWidget(buttons)
        # The Tab key goes through children in the order in which they came: these are last.
        buttons.setParent(None)
    body = QWidget()
    body.setLayout(layout)
    area = QScrollArea()
    area.setWidgetResizable(True)
    area.setFrameShape(QScrollArea.Shape.NoFrame)
    area.setFocusPolicy(Qt.FocusPolicy.NoFocus)
    area.setWidget(body)
    for each in (area.viewport(), body):
        each.setAutoFillBackground(False)
    outer = QVBoxLayout(dialog)
    # Whoever needs more room below all, such as for an alarm, goes on to ask the outermost.
    outer.setContentsMargins(0, 0, 0, margins.bottom())
    margins.setBottom(0)
    layout.setContentsMargins(margins)
    outer.addWidget(area, 1)
    if isinstance(buttons, QDialogButtonBox):
        foot = QVBoxLayout()
        foot.setContentsMargins(margins.left(), 0, margins.right(), 0)
        foot.addWidget(buttons)
        outer.addLayout(foot)
    # Until then the dialog keeps the least size that it had.
    outer.activate()
    if focus is not None:
        focus.setFocus()
