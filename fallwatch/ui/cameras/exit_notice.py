"""Fields for the notice of a bed: after how long out of bed, and in which hours."""

from __future__ import annotations

from PySide6.QtCore import QTime, Signal
from PySide6.QtWidgets import QCheckBox, QHBoxLayout, QLabel, QVBoxLayout, QWidget

from fallwatch.ui.style.fields import SpinBox, TimeEdit

_FIRST_MIN = 10
_FIRST_HOURS = "22:00-06:00"


class ExitNotice(QWidget):
    """The notice of the chosen bed, off at first. What nobody touches stays as it was.

    Signals:
        changed: Somebody has set it.
    """

    changed = Signal()

    def __init__(self) -> None:
        super().__init__()
        self._after_s, self._hours = 0.0, ""
        self.wanted = QCheckBox(self.tr("&Notice when out of bed for"))
        self.minutes = SpinBox()
        self.minutes.setRange(1, 120)
        self.minutes.setSuffix(self.tr(" min"))
        self.minutes.setAccessibleName(self.tr("Out of bed for, in minutes"))
        self.night = QCheckBox(self.tr("Only &between"))
        self.begin = self._time(self.tr("Notice from"))
        self.end = self._time(self.tr("Notice until"))
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        for part in (self.wanted, self.minutes, self.night):
            layout.addWidget(part)
        hours = QHBoxLayout()
        hours.addWidget(self.begin, 1)
        hours.addWidget(QLabel(self.tr("and")))
        hours.addWidget(self.end, 1)
        layout.addLayout(hours)
        self.show_notice(0.0, "", possible=False)
        self.wanted.clicked.connect(self._on_wanted)
        self.night.clicked.connect(self._on_hours)
        self.minutes.valueChanged.connect(self._on_minutes)
        for field in (self.begin, self.end):
            field.timeChanged.connect(self._on_hours)

    @property
    def after_s(self) -> float:
        """After how long out of bed, in seconds; 0 for never."""
        return self._after_s

    @property
    def hours(self) -> str:
        """In which hours; empty for all."""
        return self._hours

    def show_notice(self, after_s: float, hours: str, *, possible: bool) -> None:
        """Show what is set for a zone.

        Args:
            after_s: See `after_s`.
            hours: See `hours`.
            possible: Whether a bed is chosen.
        """
        self._after_s, self._hours = after_s, hours
        begin, _, end = (hours or _FIRST_HOURS).partition("-")
        for field in (self.minutes, self.begin, self.end):
            field.blockSignals(True)
        self.wanted.setChecked(after_s > 0)
        self.minutes.setValue(max(1, round(after_s / 60)) if after_s > 0 else _FIRST_MIN)
        self.night.setChecked(bool(hours))
        self.begin.setTime(QTime.fromString(begin, "HH:mm"))
        self.end.setTime(QTime.fromString(end, "HH:mm"))
        for field in (self.minutes, self.begin, self.end):
            field.blockSignals(False)
        self.wanted.setEnabled(possible)
        self._enable(possible=possible)

    def _enable(self, *, possible: bool) -> None:
        for part in (self.minutes, self.night):
            part.setEnabled(possible and self._after_s > 0)
        for time in (self.begin, self.end):
            time.setEnabled(possible and self._after_s > 0 and bool(self._hours))

    def _on_wanted(self, wanted: bool) -> None:
        # Nights are what it is for: by day somebody out of bed is no news.
        self._set(60.0 * _FIRST_MIN if wanted else 0.0, _FIRST_HOURS if wanted else "")

    def _on_minutes(self, minutes: int) -> None:
        self._set(60.0 * minutes, self._hours)

    def _on_hours(self) -> None:
        begin, end = (each.time().toString("HH:mm") for each in (self.begin, self.end))
        self._set(self._after_s, f"{begin}-{end}" if self.night.isChecked() else "")

    def _set(self, after_s: float, hours: str) -> None:
        self._after_s, self._hours = after_s, hours
        self.night.setChecked(bool(hours))
        self._enable(possible=True)
        self.changed.emit()

    def _time(self, name: str) -> TimeEdit:
        field = TimeEdit()
        field.setDisplayFormat("HH:mm")
        field.setAccessibleName(name)
        return field
