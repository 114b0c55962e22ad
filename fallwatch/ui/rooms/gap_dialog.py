"""Lists when each room was not watched today, and why."""

from __future__ import annotations

from collections.abc import Mapping

from PySide6.QtWidgets import (
    QDialog,
    QHeaderView,
    QLabel,
    QTreeWidget,
    QTreeWidgetItem,
    QVBoxLayout,
    QWidget,
)

from fallwatch.pipeline.health.uptime import Gap, UptimeLog
from fallwatch.ui.rooms.health_line import room_words
from fallwatch.ui.style.dialog_parts import plain_buttons
from fallwatch.ui.style.theme import Theme, set_ink
from fallwatch.ui.text.times import span
from fallwatch.ui.text.translate import translate


class GapDialog(QDialog):
    """All gaps of today, room by room.

    Args:
        theme: Colours.
        logs: The rooms' logs, by name.
        parent: The window.
    """

    def __init__(
        self, theme: Theme, logs: Mapping[str, UptimeLog], parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self.setWindowTitle(self.tr("Watched today"))
        self.tree = QTreeWidget()
        self.tree.setAccessibleName(self.tr("Rooms and their gaps"))
        self.tree.setHeaderLabels([self.tr("Room and time"), self.tr("How long"), self.tr("Why")])
        for name, log in logs.items():
            room = QTreeWidgetItem([name, room_words(log), self._since(log)])
            self.tree.addTopLevelItem(room)
            for gap in log.gaps:
                room.addChild(
                    QTreeWidgetItem([self._time(gap), self._length(gap), translate(gap.reason)])
                )
            room.setExpanded(True)
        header = self.tree.header()
        header.setSectionResizeMode(0, QHeaderView.ResizeMode.ResizeToContents)
        header.setSectionResizeMode(1, QHeaderView.ResizeMode.ResizeToContents)
        hint = QLabel(
            self.tr(
                "A room counts as watched only while fresh images of it are analysed. The "
                "figures count from midnight, or from the first start of fallwatch today."
            )
        )
        hint.setWordWrap(True)
        set_ink(hint, theme.palette.muted.ink)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(20, 20, 20, 16)
        layout.setSpacing(12)
        layout.addWidget(self.tree, 1)
        layout.addWidget(hint)
        layout.addWidget(plain_buttons(self, {"Close": self.tr("Close")}))
        self.resize(760, 420)

    def _since(self, log: UptimeLog) -> str:
        return self.tr("since {0}").format(log.since.strftime("%H:%M")) if log.since else ""

    def _time(self, gap: Gap) -> str:
        began = gap.began.strftime("%H:%M:%S")
        if gap.ended is None:
            return self.tr("{0} until now").format(began)
        return f"{began} – {gap.ended.strftime('%H:%M:%S')}"

    def _length(self, gap: Gap) -> str:
        if gap.ended is None:
            return self.tr("still lasts")
        return span((gap.ended - gap.began).total_seconds())
