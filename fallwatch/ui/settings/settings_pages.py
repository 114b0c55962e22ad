"""The pages of the settings. Limits come from the settings themselves."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from pydantic import BaseModel
from PySide6.QtCore import QCoreApplication, Qt, QTime
from PySide6.QtWidgets import (
    QCheckBox,
    QFormLayout,
    QHBoxLayout,
    QLabel,
    QPushButton,
    QScrollArea,
    QVBoxLayout,
    QWidget,
)

from fallwatch.alarms.channels.quiet_hours import WEEKDAYS
from fallwatch.core.types import Priority
from fallwatch.settings import AlarmSettings, QuietSettings, RecordSettings, Settings
from fallwatch.ui.style.dialog_parts import ROW_GAP_PX, easy_form
from fallwatch.ui.style.fields import ComboBox, DoubleSpinBox, SpinBox, TimeEdit
from fallwatch.ui.text.words import sensitivities

#: Width of number and of time fields.
_NUMBER_PX, _TIME_PX = 200, 100


class Page(QWidget):
    """A form, and what is entered in it. It may be higher than the dialog: then it scrolls."""

    def __init__(self) -> None:
        super().__init__()
        self.form = QFormLayout(self._scrolled())
        easy_form(self.form)
        self.form.setContentsMargins(16, 16, 16, 16)
        self.form.setVerticalSpacing(10)
        self.form.setHorizontalSpacing(16)

    def _scrolled(self) -> QWidget:
        body = QWidget()
        self.area = QScrollArea()
        self.area.setWidgetResizable(True)
        self.area.setFrameShape(QScrollArea.Shape.NoFrame)
        self.area.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.area.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.area.setWidget(body)
        self.area.viewport().setAutoFillBackground(False)
        body.setAutoFillBackground(False)
        outer = QVBoxLayout(self)
        outer.setContentsMargins(0, 0, 0, 0)
        outer.addWidget(self.area)
        return body

    def number(
        self, model: type[BaseModel], field: str, words: str, unit: str, value: float
    ) -> SpinBox:
        """A row for a whole number within the limits of a setting."""
        box = SpinBox()
        low, high = limits(model, field)
        box.setRange(int(low), int(high))
        box.setSuffix(f" {unit}")
        box.setValue(round(value))
        box.setFixedWidth(_NUMBER_PX)
        self.form.addRow(words, box)
        return box

    def hint(self, words: str) -> None:
        """A row that explains."""
        label = QLabel(words)
        label.setWordWrap(True)
        self.form.addRow(label)


class WatchingPage(Page):
    """When something counts as a fall."""

    def __init__(self, settings: Settings) -> None:
        super().__init__()
        self.sensitivity = ComboBox()
        for key, words in sensitivities().items():
            self.sensitivity.addItem(words, key)
        self.sensitivity.setCurrentIndex(self.sensitivity.findData(settings.sensitivity))
        self.form.addRow(self.tr("&Sensitivity of all rooms"), self.sensitivity)
        second = self.tr("s")
        self.on_floor = self.number(
            Settings,
            "on_floor_after_s",
            self.tr("Alarm when somebody is found on the &floor for"),
            second,
            settings.on_floor_after_s,
        )
        self.long_lie = self.number(
            Settings,
            "long_lie_after_s",
            self.tr("Alarm &again when somebody still lies there after"),
            second,
            settings.long_lie_after_s,
        )
        self.hint(self.tr("A room can have a sensitivity of its own: in its menu, Change camera…"))

    def values(self) -> dict[str, Any]:
        """What is entered, as values of the settings."""
        return {
            "sensitivity": self.sensitivity.currentData(),
            "on_floor_after_s": float(self.on_floor.value()),
            "long_lie_after_s": float(self.long_lie.value()),
        }


class AdvancedPage(Page):
    """What only an engineer needs to change.

    Args:
        settings: What holds now.
        variants: Names of the classifiers at hand.
    """

    def __init__(self, settings: Settings, variants: Sequence[str]) -> None:
        super().__init__()
        self.hint(self.tr("These settings are for engineers. The rooms are watched well without."))
        self.variant = ComboBox()
        # The one in use stays in the list even if it is missing.
        offered = dict.fromkeys((*variants, settings.variant))
        self.variant.addItems(list(offered))
        self.variant.setCurrentText(settings.variant)
        self.form.addRow(self.tr("&Classifier of all rooms"), self.variant)
        self.people = self.number(
            Settings,
            "max_people",
            self.tr("&People looked at in one image"),
            "",
            settings.max_people,
        )
        self.fps = DoubleSpinBox()
        self.fps.setRange(*limits(Settings, "analysis_fps"))
        self.fps.setDecimals(0)
        self.fps.setValue(settings.analysis_fps)
        self.fps.setFixedWidth(_NUMBER_PX)
        self.form.addRow(self.tr("Frames &judged per second and camera, at most"), self.fps)
        self.device = ComboBox()
        for key, words in self._devices().items():
            self.device.addItem(words, key)
        self.device.setCurrentIndex(self.device.findData(settings.inference_device))
        self.form.addRow(self.tr("&Device that judges frames"), self.device)
        self.decoder = ComboBox()
        for key, words in self._decoders().items():
            self.decoder.addItem(words, key)
        self.decoder.setCurrentIndex(self.decoder.findData(settings.decoder))
        self.form.addRow(self.tr("Decoder of &network cameras"), self.decoder)

    def _devices(self) -> dict[str, str]:
        return {
            "auto": self.tr("Automatic"),
            "cpu": self.tr("Processor"),
            "gpu": self.tr("Graphics processor"),
            "npu": self.tr("Neural processor"),
        }

    def _decoders(self) -> dict[str, str]:
        return {"processor": self.tr("Processor"), "auto": self.tr("Automatic")}

    def values(self) -> dict[str, Any]:
        """What is entered, as values of the settings."""
        return {
            "variant": self.variant.currentText(),
            "max_people": self.people.value(),
            "analysis_fps": self.fps.value(),
            "inference_device": self.device.currentData(),
            "decoder": self.decoder.currentData(),
        }


class AlarmPage(Page):
    """How alarms sound.

    Args:
        settings: What holds now.
        play: Plays the sound of a priority.
    """

    def __init__(self, settings: Settings, play: Callable[[Priority], None]) -> None:
        super().__init__()
        self._settings = settings.alarm
        second = self.tr("s")
        self.repeat = self.number(
            AlarmSettings,
            "repeat_every_s",
            self.tr("&Repeat the sound every"),
            second,
            settings.alarm.repeat_every_s,
        )
        self.escalate = self.number(
            AlarmSettings,
            "escalate_after_s",
            self.tr("&Louder, and on further ways, after"),
            second,
            settings.alarm.escalate_after_s,
        )
        self.remind = self.number(
            AlarmSettings,
            "remind_after_minutes",
            self.tr("Remind of a &fault that lasts, after"),
            self.tr("min"),
            settings.alarm.remind_after_minutes,
        )
        self.visit = self.number(
            AlarmSettings,
            "care_visit_minutes",
            self.tr("Care &visit at most"),
            self.tr("min"),
            settings.alarm.care_visit_minutes,
        )
        row = QHBoxLayout()
        row.setSpacing(ROW_GAP_PX)
        for priority, words in (
            (Priority.HIGH, self.tr("Somebody fell")),
            (Priority.MEDIUM, self.tr("Camera lost")),
            (Priority.LOW, self.tr("Notice")),
        ):
            button = QPushButton(words)
            button.setAccessibleName(self.tr("Play the sound: {0}").format(words))
            button.setAutoDefault(False)
            button.clicked.connect(_later(play, priority))
            row.addWidget(button)
        row.addStretch(1)
        self.form.addRow(self.tr("Hear the sounds"), row)

    def values(self) -> dict[str, Any]:
        """What is entered, as values of the settings."""
        changed = {
            "repeat_every_s": float(self.repeat.value()),
            "escalate_after_s": float(self.escalate.value()),
            "remind_after_minutes": self.remind.value(),
            "care_visit_minutes": self.visit.value(),
        }
        return {"alarm": {**self._settings.model_dump(), **changed}}


class QuietPage(Page):
    """In which hours alarms sound softer, by day of the week."""

    def __init__(self, settings: Settings) -> None:
        super().__init__()
        self._settings = settings.quiet
        self.hint(
            self.tr(
                "In quiet hours alarms sound softer, never silent; what nobody acknowledges is "
                "told at full volume. Hours that end before they begin end on the next day."
            )
        )
        self.days = {day: _DayRow(name, getattr(settings.quiet, day)) for day, name in _days()}
        for row in self.days.values():
            self.form.addRow(row.enabled, row)
        self.volume = self.number(
            QuietSettings,
            "volume_percent",
            self.tr("&Volume in quiet hours"),
            "%",
            settings.quiet.volume_percent,
        )

    def values(self) -> dict[str, Any]:
        """What is entered, as values of the settings."""
        hours = {day: row.hours for day, row in self.days.items()}
        percent = self.volume.value()
        return {"quiet": {**self._settings.model_dump(), **hours, "volume_percent": percent}}


class RecordPage(Page):
    """How long events are kept."""

    def __init__(self, settings: Settings) -> None:
        super().__init__()
        self._settings = settings.record
        self.days = self.number(
            RecordSettings,
            "keep_days",
            self.tr("Keep events for at most"),
            self.tr("days"),
            settings.record.keep_days,
        )
        self.megabytes = self.number(
            RecordSettings,
            "keep_megabytes",
            self.tr("Snapshots and clips take at most"),
            "MB",
            settings.record.keep_megabytes,
        )
        self.hint(self.tr("An event that nobody has acknowledged is never deleted by itself."))

    def values(self) -> dict[str, Any]:
        """What is entered, as values of the settings."""
        changed = {"keep_days": self.days.value(), "keep_megabytes": self.megabytes.value()}
        return {"record": {**self._settings.model_dump(), **changed}}


class _DayRow(QWidget):
    """The quiet hours of one day."""

    def __init__(self, name: str, hours: str) -> None:
        super().__init__()
        self.enabled = QCheckBox(name)
        begin, _, end = (hours or "22:00-06:00").partition("-")
        self.begin = self._time(begin, self.tr("{0}: quiet from").format(name))
        self.end = self._time(end, self.tr("{0}: quiet until").format(name))
        layout = QHBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        for widget in (self.begin, QLabel(self.tr("to")), self.end):
            layout.addWidget(widget)
            self.enabled.toggled.connect(widget.setEnabled)
            widget.setEnabled(bool(hours))
        layout.addStretch(1)
        self.enabled.setChecked(bool(hours))

    @property
    def hours(self) -> str:
        """As the settings keep them; empty if the day has none."""
        if not self.enabled.isChecked():
            return ""
        return f"{self.begin.time().toString('HH:mm')}-{self.end.time().toString('HH:mm')}"

    def _time(self, text: str, name: str) -> TimeEdit:
        edit = TimeEdit(QTime.fromString(text, "HH:mm"))
        edit.setDisplayFormat("HH:mm")
        edit.setMinimumWidth(_TIME_PX)
        edit.setAccessibleName(name)
        return edit


def limits(model: type[BaseModel], field: str) -> tuple[float, float]:
    """Smallest and largest value a setting takes."""
    found: dict[str, float] = {}
    for each in model.model_fields[field].metadata:
        for name in ("ge", "le"):
            if hasattr(each, name):
                found[name] = float(getattr(each, name))
    return found["ge"], found["le"]


def _later(play: Callable[[Priority], None], priority: Priority) -> Callable[[], None]:
    return lambda: play(priority)


def _days() -> list[tuple[str, str]]:
    def tr(text: str) -> str:
        return QCoreApplication.translate("Days", text)

    names = (
        tr("Monday"), tr("Tuesday"), tr("Wednesday"), tr("Thursday"),
        tr("Friday"), tr("Saturday"), tr("Sunday"),
    )  # fmt: skip
    return list(zip(WEEKDAYS, names, strict=True))
