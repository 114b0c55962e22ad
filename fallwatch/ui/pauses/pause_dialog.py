"""The question before rooms are not watched for a while: which, for how long, and who wants it."""

from __future__ import annotations

from collections.abc import Collection, Sequence

from PySide6.QtWidgets import (
    QCheckBox,
    QDialog,
    QDialogButtonBox,
    QFormLayout,
    QLineEdit,
    QScrollArea,
    QVBoxLayout,
    QWidget,
)

from fallwatch.ui.style.dialog_parts import plain_buttons
from fallwatch.ui.style.fields import ComboBox
from fallwatch.ui.text.plain_text import plain_label

#: For how many minutes a room may go unwatched. Each pause ends by itself.
PAUSE_MIN = (5, 15, 30, 60, 120, 240, 480)

#: What is offered first.
_FIRST_MIN = 15

_ROW_PX = 30


class PauseDialog(QDialog):
    """Nothing is paused before it is accepted.

    Args:
        rooms: Names of the rooms that are watched.
        chosen: Those that are ticked at first.
        by: Who is at the computer, as far as that is known.
    """

    def __init__(
        self,
        rooms: Sequence[str],
        chosen: Collection[str],
        by: str,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self.setWindowTitle(self.tr("Pause watching"))
        words = plain_label(
            self.tr(
                "While a room is paused, nobody is told of a fall there. The pause ends by itself."
            )
        )
        words.setWordWrap(True)
        self.rooms = {name: self._tick(name, name in chosen) for name in rooms}
        self.minutes = ComboBox()
        for minutes in PAUSE_MIN:
            text = self.tr("{0} minutes").format(minutes)
            if minutes >= 60:
                hours = minutes // 60
                text = self.tr("1 hour") if hours == 1 else self.tr("{0} hours").format(hours)
            self.minutes.addItem(text, minutes)
        self.minutes.setCurrentIndex(PAUSE_MIN.index(_FIRST_MIN))
        self.by = QLineEdit(by)
        self.by.setMaxLength(60)
        self.by.textChanged.connect(self._look)
        form = QFormLayout()
        form.setVerticalSpacing(10)
        form.setHorizontalSpacing(16)
        form.addRow(self.tr("For &how long"), self.minutes)
        form.addRow(self.tr("&Who pauses"), self.by)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(20, 20, 20, 16)
        layout.setSpacing(12)
        layout.addWidget(words)
        layout.addWidget(self._list())
        layout.addLayout(form)
        self.buttons = plain_buttons(
            self, {"Ok": self.tr("Pause watching"), "Cancel": self.tr("Keep watching")}
        )
        self.pause_button = self.buttons.button(QDialogButtonBox.StandardButton.Ok)
        keep = self.buttons.button(QDialogButtonBox.StandardButton.Cancel)
        # Enter, pressed without reading, must not end a watch.
        self.pause_button.setAutoDefault(False)
        keep.setDefault(True)
        layout.addWidget(self.buttons)
        self.setMinimumWidth(420)
        self._look()

    @property
    def chosen(self) -> tuple[str, ...]:
        """Names of the rooms that are ticked."""
        return tuple(name for name, tick in self.rooms.items() if tick.isChecked())

    def _tick(self, name: str, chosen: bool) -> QCheckBox:
        tick = QCheckBox(name.replace("&", "&&"))
        tick.setChecked(chosen)
        tick.toggled.connect(self._look)
        return tick

    def _list(self) -> QWidget:
        inside = QWidget()
        column = QVBoxLayout(inside)
        column.setContentsMargins(4, 4, 4, 4)
        for tick in self.rooms.values():
            column.addWidget(tick)
        area = QScrollArea()
        area.setWidget(inside)
        area.setWidgetResizable(True)
        area.setFrameShape(QScrollArea.Shape.NoFrame)
        area.setFixedHeight(min(5, max(1, len(self.rooms))) * _ROW_PX + 8)
        return area

    def _look(self) -> None:
        self.pause_button.setEnabled(bool(self.chosen and self.by.text().strip()))
