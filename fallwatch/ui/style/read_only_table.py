"""A table of words and figures that is read, and not changed."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QAbstractItemView, QHeaderView, QTableWidget, QTableWidgetItem

#: The column that takes what place there is, and the first of those with figures.
_WIDEST, _FIGURES_FROM = 1, 2


class ReadOnlyTable(QTableWidget):
    """Two columns of words, then figures.

    Args:
        heads: What stands above the columns.
        name: For screen readers.
    """

    def __init__(self, heads: Sequence[str], name: str) -> None:
        super().__init__(0, len(heads))
        self.setAccessibleName(name)
        self.setHorizontalHeaderLabels(list(heads))
        self.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        self.verticalHeader().hide()
        header = self.horizontalHeader()
        header.setSectionResizeMode(QHeaderView.ResizeMode.ResizeToContents)
        header.setSectionResizeMode(_WIDEST, QHeaderView.ResizeMode.Stretch)

    def show_rows(self, rows: Sequence[Sequence[object]]) -> None:
        """Show these rows instead of those before."""
        self.setRowCount(len(rows))
        for row, cells in enumerate(rows):
            for column, cell in enumerate(cells):
                item = QTableWidgetItem(str(cell))
                if column >= _FIGURES_FROM:
                    item.setTextAlignment(
                        Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter
                    )
                self.setItem(row, column, item)
