"""What a person could not read or press: cut words, and controls that overlap or touch."""

from __future__ import annotations

from itertools import combinations

from PySide6.QtCore import QPoint, QRect, Qt
from PySide6.QtWidgets import (
    QAbstractButton,
    QAbstractSpinBox,
    QComboBox,
    QLabel,
    QLineEdit,
    QPushButton,
    QScrollArea,
    QStyle,
    QStyleOptionComboBox,
    QStyleOptionFrame,
    QTabBar,
    QWidget,
)

#: Rounding of fonts and layouts.
_SLACK_PX = 2

#: Two buttons with less between them look like one.
_GAP_PX = 4

_CONTROLS = (QAbstractButton, QAbstractSpinBox, QComboBox, QLineEdit, QLabel)


def cut_words(top: QWidget) -> list[str]:
    """What is wrong with a window as it is laid out now: one line each, empty if nothing is."""
    seen = [each for each in top.findChildren(QWidget) if _is_seen(each, top)]
    found = [f"{_name(each)}: {wrong}" for each in seen if (wrong := _wrong(each))]
    found += [f"{_name(each)}: outside of the window" for each in seen if _is_outside(each, top)]
    for one, other in combinations(filter(_is_control, seen), 2):
        if one.parentWidget() is other.parentWidget() and _collide(one, other):
            found.append(f"{_name(one)} and {_name(other)}: too close")
    return found


def _is_seen(widget: QWidget, top: QWidget) -> bool:
    return widget.isVisibleTo(top) and widget.window() is top


def _is_control(widget: QWidget) -> bool:
    return isinstance(widget, _CONTROLS)


def _wrong(widget: QWidget) -> str:
    if isinstance(widget, QLabel):
        return _wrong_label(widget)
    if isinstance(widget, QComboBox):
        return "" if _combo_fits(widget) else f"{widget.currentText()!r} is cut"
    if isinstance(widget, QLineEdit):
        return _wrong_line(widget)
    if isinstance(widget, (QAbstractButton, QAbstractSpinBox)):
        return _wrong_control(widget)
    if isinstance(widget, QTabBar):
        last = widget.tabRect(widget.count() - 1)
        return "" if last.right() <= widget.width() else "a tab is out of sight"
    return ""


def _wrong_label(label: QLabel) -> str:
    # One that paints its words itself shortens them on purpose.
    if not label.text() or type(label).paintEvent is not QLabel.paintEvent:
        return ""
    needed = label.sizeHint()
    if label.wordWrap():
        needed.setHeight(label.heightForWidth(label.width()))
        words = label.text().split() if label.textFormat() is Qt.TextFormat.PlainText else []
        widths = [
            label.fontMetrics().horizontalAdvance(word) for word in words if "\u200b" not in word
        ]
        needed.setWidth(max(widths, default=0) + 2 * label.margin())
    if needed.width() > label.width() + _SLACK_PX or needed.height() > label.height() + _SLACK_PX:
        return f"needs {needed.width()}x{needed.height()}, has {label.width()}x{label.height()}"
    return ""


def _wrong_control(control: QAbstractButton | QAbstractSpinBox) -> str:
    if isinstance(control, QAbstractButton) and not control.text():
        return ""
    needed = control.minimumSizeHint()
    if (
        needed.width() > control.width() + _SLACK_PX
        or needed.height() > control.height() + _SLACK_PX
    ):
        return f"needs {needed.width()}x{needed.height()}, has {control.width()}x{control.height()}"
    if (
        isinstance(control, QAbstractSpinBox)
        and control.height() < 1.5 * control.fontMetrics().height()
    ):
        return "hard to hit"
    return ""


def _wrong_line(line: QLineEdit) -> str:
    if isinstance(line.parentWidget(), (QAbstractSpinBox, QComboBox)):
        return ""
    option = QStyleOptionFrame()
    line.initStyleOption(option)
    room = line.style().subElementRect(QStyle.SubElement.SE_LineEditContents, option, line)
    words = line.text() or line.placeholderText()
    if line.fontMetrics().horizontalAdvance(words) > room.width():
        return f"{words!r} is cut"
    return ""


def _combo_fits(box: QComboBox) -> bool:
    option = QStyleOptionComboBox()
    box.initStyleOption(option)
    whole, part = QStyle.ComplexControl.CC_ComboBox, QStyle.SubControl.SC_ComboBoxEditField
    room = box.style().subControlRect(whole, option, part, box)
    return box.fontMetrics().horizontalAdvance(box.currentText()) <= room.width() + _SLACK_PX


def _is_outside(widget: QWidget, top: QWidget) -> bool:
    """Whether part of a control is where no scrolling leads."""
    if not _is_control(widget) or not widget.width() or not widget.height():
        return False
    parent = widget.parentWidget()
    while parent is not None and parent is not top:
        if isinstance(parent, QScrollArea):
            return False
        parent = parent.parentWidget()
    area = QRect(QPoint(), top.size())
    return not area.contains(QRect(widget.mapTo(top, QPoint()), widget.size()))


def _collide(one: QWidget, other: QWidget) -> bool:
    gap = _GAP_PX if isinstance(one, QPushButton) and isinstance(other, QPushButton) else 0
    return one.geometry().adjusted(-gap, -gap, gap, gap).intersects(other.geometry())


def _name(widget: QWidget) -> str:
    words = getattr(widget, "text", lambda: "")() or widget.accessibleName()
    return f"{type(widget).__name__} {str(words)[:40]!r}"
