"""The figures of the weeks, as a table."""

from __future__ import annotations

from PySide6.QtCore import QCoreApplication

from fallwatch.runtime.review.night_review import Night
from fallwatch.ui.style.read_only_table import ReadOnlyTable
from fallwatch.ui.text.numbers import number
from fallwatch.ui.text.times import span, week_words

_ROWS_SEEN = 4


class FiguresTable(ReadOnlyTable):
    """One row for each week and room: alarms, false alarms, time to the answer, hours watched."""

    def __init__(self) -> None:
        super().__init__(figures_heads(), _tr("Figures by week and room"))
        self.setFixedHeight(round(self.fontMetrics().height() * 2 * (_ROWS_SEEN + 1)))

    def show_figures(self, night: Night) -> None:
        """Show the figures as they are known with a night."""
        self.show_rows(figures_rows(night))


def figures_heads() -> tuple[str, ...]:
    """What stands above the columns."""
    return (
        _tr("Week"),
        _tr("Room"),
        _tr("Alarms"),
        _tr("False"),
        _tr("Real"),
        _tr("Acknowledged after"),
        _tr("Hours watched"),
    )


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
        rows.append((week_words(key[0]), key[1], *map(str, counts), answered, watched))
    return rows


def _tr(text: str) -> str:
    return QCoreApplication.translate("FiguresTable", text)
