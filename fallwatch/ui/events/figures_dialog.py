"""The page of figures: alarms and false alarms by week and room."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtWidgets import QDialog, QVBoxLayout, QWidget

from fallwatch.runtime.review.event_figures import WeekFigures
from fallwatch.ui.style.dialog_parts import plain_buttons
from fallwatch.ui.style.read_only_table import ReadOnlyTable
from fallwatch.ui.text.plain_text import plain_label
from fallwatch.ui.text.times import span, week_words


class FiguresDialog(QDialog):
    """One row for each week and room, newest first."""

    def __init__(self, figures: Sequence[WeekFigures], parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setWindowTitle(self.tr("Alarms by week"))
        heads = (
            self.tr("Week"),
            self.tr("Room"),
            self.tr("Alarms"),
            self.tr("False"),
            self.tr("Real"),
            self.tr("Acknowledged after"),
        )
        self.table = ReadOnlyTable(heads, self.tr("Alarms by week and room"))
        self.table.show_rows(
            [
                (
                    *(week_words(each.week), each.room, each.alarms, each.false_alarms, each.real),
                    "–" if each.answer_s is None else span(each.answer_s),
                )
                for each in figures
            ]
        )
        words = self.tr("Clips and faults are not counted. A week begins on Monday.")
        if not figures:
            words = self.tr("Nothing has happened yet.")
        layout = QVBoxLayout(self)
        layout.setContentsMargins(20, 20, 20, 16)
        layout.addWidget(self.table, 1)
        layout.addWidget(plain_label(words))
        layout.addWidget(plain_buttons(self, {"Close": self.tr("Close")}))
        self.resize(640, 420)
