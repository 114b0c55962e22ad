"""Paints shapes over an image, and the notice that nobody is watching it."""

from __future__ import annotations

from PySide6.QtCore import QCoreApplication, QLineF, QRectF, Qt
from PySide6.QtGui import QColor, QFont, QFontMetricsF, QPainter, QPen
from PySide6.QtWidgets import QApplication

from fallwatch.core.overlay import Label, Line, Rectangle, Shape, Tone
from fallwatch.core.types import Alarm, Priority
from fallwatch.runtime.views.state_look import StateLook
from fallwatch.ui.style.icons import paint_icon
from fallwatch.ui.style.palette import OVERLAY_ALARM, OVERLAY_CALM, OVERLAY_OFF, OVERLAY_WATCH
from fallwatch.ui.text.translate import translate
from fallwatch.ui.text.words import kind_words

_TONES = {Tone.CALM: OVERLAY_CALM, Tone.WATCH: OVERLAY_WATCH, Tone.ALARM: OVERLAY_ALARM}
_FRAME_PX = 8.0
_STRIP_FONT = 1.25

# Opaque, and with square ends, lines take a tenth of the time that see-through or round ones take.
_EDGE = QColor("#20262b")
_SQUARE = Qt.PenCapStyle.SquareCap
_BONE_EDGE = QPen(_EDGE, 4.5, c=_SQUARE)
_BONES = {tone: QPen(QColor(pair.paper), 2.5, c=_SQUARE) for tone, pair in _TONES.items()}


def paint_shapes(
    painter: QPainter, shapes: tuple[Shape, ...], target: QRectF, scale: float
) -> None:
    """Draw shapes given in pixels of a frame.

    Args:
        painter: Paints on the widget.
        shapes: What to draw.
        target: Where the image lies on the widget; nothing is drawn outside.
        scale: Widget units for one pixel of the frame.
    """
    painter.save()
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.setClipRect(target)
    painter.translate(target.topLeft())
    bones = [shape for shape in shapes if isinstance(shape, Line)]
    _paint_bones(painter, bones, scale)
    for shape in shapes:
        if isinstance(shape, Rectangle):
            _paint_box(painter, shape, scale)
        elif isinstance(shape, Label):
            _paint_label(painter, shape, scale, target.width())
    painter.restore()


def paint_off_notice(painter: QPainter, area: QRectF, look: StateLook) -> None:
    """Say across the middle of the image that it is not being monitored, and why."""
    painter.save()
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    # Nine rooms leave little place for each; the words stay readable.
    size = min(1.0, max(0.55, area.width() / 560))
    title_font, detail_font = _font(2.0 * size, bold=True), _font(max(0.9, 1.15 * size))
    title = QCoreApplication.translate("VideoView", "NOT MONITORING")
    detail = translate(look.detail or look.title)
    width = min(area.width() - 16, 560.0)
    text_width = width - 24 - 24 * size
    title_font = fitting(title_font, title, text_width)
    flags = int(Qt.AlignmentFlag.AlignHCenter) | int(Qt.TextFlag.TextWordWrap)
    detail_height = (
        QFontMetricsF(detail_font)
        .boundingRect(QRectF(0, 0, text_width, 1000), flags, detail)
        .height()
    )
    title_height = QFontMetricsF(title_font).height()
    side = title_height * 1.1
    height = side + title_height + detail_height + 26 + 30 * size
    panel = QRectF(0, 0, width, min(height, area.height()))
    panel.moveCenter(area.center())
    painter.setPen(QPen(QColor(255, 255, 255, 70), 1))
    painter.setBrush(QColor(OVERLAY_OFF.paper))
    painter.drawRoundedRect(panel, 12, 12)
    glyph = QRectF(panel.center().x() - side / 2, panel.top() + 18 * size, side, side)
    paint_icon(painter, look.icon, glyph, OVERLAY_OFF.ink, OVERLAY_OFF.paper)
    painter.setPen(QColor(OVERLAY_OFF.ink))
    painter.setFont(title_font)
    line = QRectF(
        panel.left() + (width - text_width) / 2, glyph.bottom() + 8, text_width, title_height
    )
    painter.drawText(line, int(Qt.AlignmentFlag.AlignCenter), title)
    painter.setFont(detail_font)
    painter.drawText(
        QRectF(line.left(), line.bottom() + 8, text_width, detail_height), flags, detail
    )
    painter.restore()


def fitting(font: QFont, text: str, width: float) -> QFont:
    """The font, made smaller where a line of text would be wider than this."""
    needed = QFontMetricsF(font).horizontalAdvance(text)
    if needed <= width:
        return font
    smaller = QFont(font)
    smaller.setPointSizeF(max(1.0, font.pointSizeF() * max(width, 0.0) / needed))
    return smaller


def inside_alarm_frame(area: QRectF) -> QRectF:
    """What the frame leaves of a widget for the image."""
    return area.adjusted(_FRAME_PX, _FRAME_PX, -_FRAME_PX, -_strip_height())


def paint_alarm_frame(painter: QPainter, area: QRectF, alarm: Alarm) -> None:
    """Put a frame around an image, with a symbol and what happened at its foot."""
    pair = OVERLAY_ALARM if alarm.priority is Priority.HIGH else OVERLAY_WATCH
    painter.save()
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    half = _FRAME_PX / 2
    painter.setPen(QPen(QColor(pair.paper), _FRAME_PX, j=Qt.PenJoinStyle.MiterJoin))
    painter.setBrush(Qt.BrushStyle.NoBrush)
    painter.drawRect(area.adjusted(half, half, -half, -half))
    font = _font(_STRIP_FONT, bold=True)
    metrics = QFontMetricsF(font)
    height = _strip_height()
    strip = QRectF(area.left(), area.bottom() - height, area.width(), height)
    painter.fillRect(strip, QColor(pair.paper))
    side = metrics.height()
    glyph = QRectF(strip.left() + 14, strip.top() + 7, side, side)
    paint_icon(painter, "alarm", glyph, pair.ink, pair.paper)
    room = strip.adjusted(side + 24, 0, -12, 0)
    what = kind_words(alarm.kind)
    said = (
        QCoreApplication.translate("VideoView", "{0} – not acknowledged yet").format(what),
        QCoreApplication.translate("VideoView", "{0} – open").format(what),
        what,
    )
    fits = (words for words in said if metrics.horizontalAdvance(words) <= room.width())
    words = next(fits, what)
    painter.setPen(QColor(pair.ink))
    painter.setFont(font)
    shown = metrics.elidedText(words, Qt.TextElideMode.ElideRight, room.width())
    painter.drawText(room, int(Qt.AlignmentFlag.AlignVCenter), shown)
    painter.restore()


def _strip_height() -> float:
    return QFontMetricsF(_font(_STRIP_FONT, bold=True)).height() + 14


def _paint_bones(painter: QPainter, bones: list[Line], scale: float) -> None:
    lines: dict[Tone, list[QLineF]] = {}
    for bone in bones:
        line = QLineF(
            bone.x1_px * scale, bone.y1_px * scale, bone.x2_px * scale, bone.y2_px * scale
        )
        lines.setdefault(bone.tone, []).append(line)
    painter.setPen(_BONE_EDGE)
    for of_tone in lines.values():
        painter.drawLines(of_tone)
    for tone, of_tone in lines.items():
        painter.setPen(_BONES[tone])
        painter.drawLines(of_tone)


def _paint_box(painter: QPainter, shape: Rectangle, scale: float) -> None:
    box = shape.box_px
    rect = QRectF(
        box.left_px * scale, box.top_px * scale, box.width_px * scale, box.height_px * scale
    )
    alarm = shape.tone is Tone.ALARM
    painter.setBrush(Qt.BrushStyle.NoBrush)
    painter.setPen(QPen(_EDGE, 6 if alarm else 4))
    painter.drawRoundedRect(rect, 4, 4)
    painter.setPen(QPen(QColor(_TONES[shape.tone].paper), 4 if alarm else 2))
    painter.drawRoundedRect(rect, 4, 4)


def _paint_label(painter: QPainter, shape: Label, scale: float, within: float) -> None:
    text = QCoreApplication.translate("Overlay", shape.text)
    font = _font(1.1, bold=True)
    metrics = QFontMetricsF(font)
    width, height = metrics.horizontalAdvance(text) + 16, metrics.height() + 6
    # At the image's upper edge the words move into the box; at the sides, inwards.
    left = max(min(shape.x_px * scale - 1, within - width), 0.0)
    rect = QRectF(left, max(shape.y_px * scale - height, 0.0), width, height)
    pair = _TONES[shape.tone]
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(QColor(pair.paper))
    painter.drawRoundedRect(rect, 4, 4)
    painter.setPen(QColor(pair.ink))
    painter.setFont(font)
    painter.drawText(rect, int(Qt.AlignmentFlag.AlignCenter), text)


def _font(factor: float, *, bold: bool = False) -> QFont:
    font = QFont(QApplication.font())
    font.setPointSizeF(font.pointSizeF() * factor)
    font.setBold(bold)
    return font
