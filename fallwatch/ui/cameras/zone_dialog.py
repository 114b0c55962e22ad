"""Draws the beds, sofas and places to ignore of one room."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import Qt
from PySide6.QtWidgets import (
    QDialog,
    QDialogButtonBox,
    QHBoxLayout,
    QLabel,
    QListWidget,
    QPushButton,
    QScrollArea,
    QVBoxLayout,
    QWidget,
)

from fallwatch.core.zones import Zone, ZoneKind
from fallwatch.ui.cameras.exit_notice import ExitNotice
from fallwatch.ui.cameras.zone_editor import Outline, ZoneEditor
from fallwatch.ui.style.dialog_parts import plain_buttons
from fallwatch.ui.style.fields import ComboBox
from fallwatch.ui.style.theme import Theme, set_ink
from fallwatch.ui.video.zone_painter import kind_name

#: As many as the settings keep for one camera.
MAX_ZONES = 20

#: Width of what is beside the image, and how many zones of the list are in sight at least.
_SIDE_PX, _LEAST_ZONES = 300, 2


class ZoneDialog(QDialog):
    """The image to draw on, and beside it the list of zones.

    Args:
        theme: Colours.
        room: What the room is called.
        zones: Those it has.
        parent: The window.
    """

    def __init__(
        self, theme: Theme, room: str, zones: Sequence[Zone], parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self.setWindowTitle(self.tr("Zones of {0}").format(room))
        self.editor = ZoneEditor()
        self.kind = ComboBox()
        self.kind.setAccessibleName(self.tr("What the zone is"))
        for kind in ZoneKind:
            self.kind.addItem(kind_name(kind), kind)
        self.list = QListWidget()
        self.list.setAccessibleName(self.tr("Zones of this room"))
        self.notice = ExitNotice()
        self.finish = QPushButton(self.tr("&Close zone"))
        self.remove = QPushButton(self.tr("&Remove zone"))
        for button in (self.finish, self.remove):
            button.setAutoDefault(False)
        self.buttons = plain_buttons(self, {"Save": self.tr("Save"), "Cancel": self.tr("Cancel")})
        # Enter closes the zone being drawn, not the dialog.
        for each in self.buttons.buttons():
            if isinstance(each, QPushButton):
                each.setAutoDefault(False)
                each.setDefault(False)
        self._lay_out(theme)
        self.kind.activated.connect(lambda _: self.editor.set_kind(self.kind.currentData()))
        self.finish.clicked.connect(self.editor.close_draft)
        self.remove.clicked.connect(self.editor.remove_chosen)
        self.list.currentRowChanged.connect(
            lambda row: self.editor.choose(row if row >= 0 else None)
        )
        self.notice.changed.connect(
            lambda: self.editor.set_exit(self.notice.after_s, self.notice.hours)
        )
        self.editor.changed.connect(self._refresh)
        self.editor.set_zones(zones)
        self.editor.setFocus()

    @property
    def zones(self) -> tuple[Zone, ...]:
        """The zones as drawn."""
        return self.editor.zones

    def accept(self) -> None:
        # Who drew three corners and pressed Save meant a zone.
        self.editor.close_draft()
        super().accept()

    def _lay_out(self, theme: Theme) -> None:
        hint = QLabel(
            self.tr(
                "Click the corners of a bed or sofa, where lying is no fall, or of something to "
                "ignore, such as a mirror or television. Click the first corner again to close "
                "the zone. Drag corners to move them.\n\nWith the keyboard: arrow keys move the "
                "cross, Space sets a corner or picks one up, Enter closes the zone, Backspace "
                "takes a corner back, Delete removes a zone."
            )
        )
        hint.setWordWrap(True)
        set_ink(hint, theme.palette.muted.ink)
        side = QVBoxLayout()
        label = QLabel(self.tr("The zone &is"))
        label.setBuddy(self.kind)
        for widget in (label, self.kind, self.list, self.notice, self.finish, self.remove, hint):
            side.addWidget(widget, 1 if widget is self.list else 0)
        self.list.setMinimumHeight(_LEAST_ZONES * self.list.fontMetrics().height() * 2)
        self.list.setSizeAdjustPolicy(QListWidget.SizeAdjustPolicy.AdjustToContents)
        holder = QWidget()
        holder.setLayout(side)
        # On a small screen the image keeps its height, and what is beside it scrolls.
        area = QScrollArea()
        area.setWidget(holder)
        area.setWidgetResizable(True)
        area.setFrameShape(QScrollArea.Shape.NoFrame)
        area.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        area.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        bar_px = area.verticalScrollBar().sizeHint().width()
        area.setFixedWidth(max(_SIDE_PX, holder.minimumSizeHint().width()) + bar_px)
        columns = QHBoxLayout()
        columns.addWidget(self.editor, 1)
        columns.addWidget(area)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(20, 20, 20, 16)
        layout.addLayout(columns, 1)
        layout.addWidget(self.buttons)
        self.resize(1040, 640)

    def _show_notice(self) -> None:
        chosen = self.editor.chosen
        nothing = Outline(ZoneKind.IGNORE, [])
        outline = nothing if chosen is None else self.editor.outlines[chosen]
        self.notice.show_notice(
            outline.exit_after_s, outline.exit_hours, possible=outline.kind is ZoneKind.BED
        )

    def _refresh(self) -> None:
        self.list.blockSignals(True)
        self.list.clear()
        for number, outline in enumerate(self.editor.outlines, start=1):
            self.list.addItem(f"{number}. {kind_name(outline.kind)}")
        self.list.setCurrentRow(-1 if self.editor.chosen is None else self.editor.chosen)
        self.list.blockSignals(False)
        self.kind.setCurrentIndex(self.kind.findData(self.editor.kind))
        self.remove.setEnabled(self.editor.chosen is not None)
        self._show_notice()
        save = self.buttons.button(QDialogButtonBox.StandardButton.Save)
        save.setEnabled(len(self.editor.outlines) <= MAX_ZONES)
