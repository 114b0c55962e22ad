"""The figures of the weeks, as a table."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QAbstractItemView, QHeaderView, QTableWidget, QTableWidgetItem

from fallwatch.runtime.night_review import Night
from fallwatch.ui.text.numbers import number
from fallwatch.ui.text.times import span

_ROWS_SEEN = 4


class FiguresTable(QTableWidget):
    """One row for each week and room: alarms, false alarms, time to the answer, hours watched."""

    def __init__(self) -> None:
        super().__init__()
        heads = (
            self.tr("Week"),
            self.tr("Room"),
            self.tr("Alarms"),
            self.tr("False"),
            self.tr("Real"),
            self.tr("Answered after"),
            self.tr("Hours watched"),
        )
        self.setColumnCount(len(heads))
        self.setHorizontalHeaderLabels(heads)
        self.setAccessibleName(self.tr("Figures by week and room"))
        self.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        self.verticalHeader().hide()
        header = self.horizontalHeader()
        header.setSectionResizeMode(QHeaderView.ResizeMode.ResizeToContents)
        header.setSectionResizeMode(1, QHeaderView.ResizeMode.Stretch)
        self.setFixedHeight(round(self.fontMetrics().height() * 2 * (_ROWS_SEEN + 1)))

    def show_figures(self, night: Night) -> None:
        """Show the figures as they are known with a night."""
        rows = figures_rows(night)
        self.setRowCount(len(rows))
        for row, cells in enumerate(rows):
            for column, text in enumerate(cells):
                item = QTableWidgetItem(text)
                if column > 1:
                    item.setTextAlignment(
                        Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter
                    )
                self.setItem(row, column, item)


def figures_rows(night: Night) -> list[tuple[str, ...]]:
    """What stands in the table, newest week first; weeks without alarms have hours alone."""
    by_key = {(each.week, each.room): each for each in night.figures}
    keys = sorted({*by_key, *night.watched_h}, key=lambda key: key[1])
    rows = []
    for key in sorted(keys, key=lambda key: key[0], reverse=True):
        each, hours = by_key.get(key), night.watched_h.get(key)
        counts = ("0", "0", "0") if each is None else (each.alarms, each.false_alarms, each.real)
        answer_s = None if each is None else each.answer_s
        answered = "–" if answer_s is None else span(answer_s)
        watched = "–" if hours is None else number(hours, 1)
        rows.append((*key, *map(str, counts), answered, watched))
    return rows
