"""Draws one event in the list: what and when, where, and where it stands, on a line each."""

from __future__ import annotations

from PySide6.QtCore import QRect, QSize, Qt
from PySide6.QtGui import QColor, QFont, QFontMetrics, QImage, QPainter
from PySide6.QtWidgets import QStyle, QStyledItemDelegate, QStyleOptionViewItem, QWidget

from fallwatch.alarms.lifecycle import is_unacknowledged
from fallwatch.core.types import Alarm, Priority
from fallwatch.ui.events.event_model import Index, Role
from fallwatch.ui.style.icons import paint_icon
from fallwatch.ui.style.palette import Pair, Palette
from fallwatch.ui.style.theme import Theme
from fallwatch.ui.text.words import kind_icon

_MARGIN = 10
_LINES = 3

#: In a narrower list the time needs a line of its own.
_NARROW_PX = 330

#: Height of the snapshot: what is beside it needs the width.
_SNAPSHOT_PX = 38
_ELIDE = Qt.TextElideMode.ElideRight


class EventRow(QStyledItemDelegate):
    """Three lines for each event; what waits for an answer stands out by more than colour."""

    def __init__(self, theme: Theme, parent: QWidget) -> None:
        super().__init__(parent)
        self._theme = theme

    def sizeHint(self, option: QStyleOptionViewItem, index: Index) -> QSize:
        view = option.widget
        is_narrow = isinstance(view, QWidget) and view.width() < _NARROW_PX
        lines = _LINES + 1 if is_narrow else _LINES
        return QSize(200, lines * QFontMetrics(option.font).height() + 2 * _MARGIN + 6)

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        colours = self._theme.palette
        alarm: Alarm = index.data(Role.ALARM)
        selected = bool(option.state & QStyle.StateFlag.State_Selected)
        ink, muted = self._inks(colours, selected)
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        if selected:
            painter.fillRect(option.rect, QColor(colours.accent.paper))
        area = option.rect.adjusted(_MARGIN, _MARGIN, -_MARGIN, -_MARGIN)
        side = min(area.height(), _SNAPSHOT_PX)
        place = QRect(area.left(), area.top(), side * 4 // 3, side)
        snapshot: QImage | None = index.data(Role.SNAPSHOT)
        badge = QRect(area.left(), area.top(), side, side)
        if snapshot is not None:
            _paint_snapshot(painter, place, snapshot)
            # The snapshot says what it was; the badge in its corner, whether it waits.
            corner = side // 2
            badge = QRect(place.left(), place.bottom() - corner + 1, corner, corner)
        else:
            badge.moveCenter(place.center())
        self._paint_badge(painter, badge, _badge(colours, alarm), alarm.kind)
        words = area.adjusted(place.width() + _MARGIN, 0, 0, 0)
        line = QFontMetrics(option.font).height()
        upper = QRect(words)
        if area.height() >= (_LINES + 1) * line:
            # In a narrow list the time has a line of its own, and all is read in full.
            time = index.data(Role.TIME)
            _paint_line(painter, words, option.font, muted, time, Qt.AlignmentFlag.AlignBottom)
            words = words.adjusted(0, 0, 0, -words.height() // (_LINES + 1))
        else:
            width = self._paint_time(painter, words, option.font, index.data(Role.TIME), muted)
            upper.setWidth(words.width() - width)
        bold = QFont(option.font)
        bold.setBold(True)
        _paint_line(painter, upper, bold, ink, index.data(Role.TITLE), Qt.AlignmentFlag.AlignTop)
        middle = Qt.AlignmentFlag.AlignVCenter
        _paint_line(painter, words, option.font, ink, index.data(Role.PLACE), middle)
        below = QFont(option.font)
        below.setBold(is_unacknowledged(alarm))
        state_ink = ink if is_unacknowledged(alarm) else muted
        state = index.data(Role.STATE)
        _paint_line(painter, words, below, state_ink, state, Qt.AlignmentFlag.AlignBottom)
        painter.setPen(QColor(colours.border))
        painter.drawLine(option.rect.bottomLeft(), option.rect.bottomRight())
        painter.restore()

    def _inks(self, colours: Palette, selected: bool) -> tuple[str, str]:
        if selected:
            return colours.accent.ink, colours.accent.ink
        return colours.surface.ink, colours.muted_surface.ink

    def _paint_badge(self, painter: QPainter, badge: QRect, pair: Pair, kind: str) -> None:
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(QColor(pair.paper))
        painter.drawRoundedRect(badge, 8, 8)
        inset = badge.width() // 6
        target = badge.adjusted(inset, inset, -inset, -inset).toRectF()
        paint_icon(painter, kind_icon(kind), target, pair.ink, pair.paper)

    def _paint_time(
        self, painter: QPainter, area: QRect, font: QFont, time: str, colour: str
    ) -> int:
        painter.setFont(font)
        painter.setPen(QColor(colour))
        flags = int(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignTop)
        painter.drawText(area, flags, time)
        return QFontMetrics(font).horizontalAdvance(time) + _MARGIN


def _badge(colours: Palette, alarm: Alarm) -> Pair:
    if not is_unacknowledged(alarm):
        return colours.neutral
    return colours.alarm if alarm.priority is Priority.HIGH else colours.notice


def _paint_snapshot(painter: QPainter, place: QRect, snapshot: QImage) -> None:
    """Fill the place; what sticks out is cut off."""
    filled = snapshot.size().scaled(place.size(), Qt.AspectRatioMode.KeepAspectRatioByExpanding)
    target = QRect(place.topLeft(), filled)
    target.moveCenter(place.center())
    painter.save()
    painter.setClipRect(place)
    painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
    painter.drawImage(target, snapshot)
    painter.restore()


def _paint_line(
    painter: QPainter, area: QRect, font: QFont, colour: str, text: str, side: Qt.AlignmentFlag
) -> None:
    painter.setFont(font)
    painter.setPen(QColor(colour))
    shown = QFontMetrics(font).elidedText(text, _ELIDE, area.width())
    painter.drawText(area, int(Qt.AlignmentFlag.AlignLeft | side), shown)
