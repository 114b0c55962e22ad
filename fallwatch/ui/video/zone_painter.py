"""Paints zones on an image: each kind has a colour, a stroke and a word of its own."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QCoreApplication, QLineF, QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QFontMetricsF, QPainter, QPen, QPolygonF

from fallwatch.core.zones import Zone, ZoneKind
from fallwatch.ui.style.palette import ZONE_BED, ZONE_IGNORE

_LOOKS = {
    ZoneKind.BED: (ZONE_BED, Qt.PenStyle.SolidLine),
    ZoneKind.IGNORE: (ZONE_IGNORE, Qt.PenStyle.DashLine),
}


def kind_name(kind: ZoneKind) -> str:
    """What a kind of zone is called."""
    if kind is ZoneKind.BED:
        return QCoreApplication.translate("Zones", "Bed or sofa")
    return QCoreApplication.translate("Zones", "Ignored")


def paint_zone(
    painter: QPainter,
    kind: ZoneKind,
    points: Sequence[QPointF],
    *,
    chosen: bool = False,
    is_open: bool = False,
) -> None:
    """Draw one zone.

    Args:
        painter: Paints on the widget.
        kind: Of the zone.
        points: Its corners on the widget; at least one.
        chosen: Whether its corners are shown, to be dragged.
        is_open: Whether it is still being drawn.
    """
    pair, stroke = _LOOKS[kind]
    colour = QColor(pair.paper)
    fill = QColor(colour)
    fill.setAlpha(70)
    painter.save()
    painter.setPen(QPen(QColor(0, 0, 0, 130), 5 if chosen else 4))
    painter.setBrush(Qt.BrushStyle.NoBrush if is_open else fill)
    outline = QPolygonF(list(points))
    draw = painter.drawPolyline if is_open else painter.drawPolygon
    draw(outline)
    painter.setPen(QPen(colour, 3 if chosen else 2, stroke))
    painter.setBrush(Qt.BrushStyle.NoBrush)
    draw(outline)
    if chosen or is_open:
        painter.setPen(QPen(QColor(pair.ink), 1.5))
        painter.setBrush(colour)
        for point in points:
            painter.drawEllipse(point, 6, 6)
    if not is_open:
        _paint_name(painter, kind_name(kind), outline.boundingRect().center(), kind)
    painter.restore()


def paint_zone_outlines(painter: QPainter, zones: Sequence[Zone], target: QRectF) -> None:
    """Hint at zones on the live image, thin enough not to distract from people.

    Args:
        painter: Paints on the widget.
        zones: Of the room.
        target: Where the image lies on the widget.
    """
    painter.save()
    painter.setBrush(Qt.BrushStyle.NoBrush)
    for zone in zones:
        pair, stroke = _LOOKS[zone.kind]
        painter.setPen(QPen(QColor(pair.paper), 1.5, stroke))
        painter.drawPolygon(
            QPolygonF(
                [
                    QPointF(target.left() + x * target.width(), target.top() + y * target.height())
                    for x, y in zone.corners_norm
                ]
            )
        )
    painter.restore()


def paint_cross(painter: QPainter, point: QPointF) -> None:
    """Draw the cross that the arrow keys move."""
    for colour, width in ((QColor(0, 0, 0, 180), 4), (QColor(255, 255, 255), 1.5)):
        painter.setPen(QPen(colour, width))
        painter.drawLine(QLineF(point.x() - 12, point.y(), point.x() + 12, point.y()))
        painter.drawLine(QLineF(point.x(), point.y() - 12, point.x(), point.y() + 12))


def _paint_name(painter: QPainter, words: str, centre: QPointF, kind: ZoneKind) -> None:
    pair = _LOOKS[kind][0]
    metrics = QFontMetricsF(painter.font())
    label = QRectF(0, 0, metrics.horizontalAdvance(words) + 14, metrics.height() + 4)
    label.moveCenter(centre)
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(QColor(pair.paper))
    painter.drawRoundedRect(label, 4, 4)
    painter.setPen(QColor(pair.ink))
    painter.drawText(label, int(Qt.AlignmentFlag.AlignCenter), words)
