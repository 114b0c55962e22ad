"""Draws zones on an image, with the mouse or with the keyboard alone."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

from PySide6.QtCore import QPointF, QRectF, Qt, Signal
from PySide6.QtGui import QImage, QKeyEvent, QMouseEvent, QPainter, QPaintEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

from fallwatch.core.types import Analysis
from fallwatch.core.zones import Zone, ZoneKind
from fallwatch.ui.video.video_view import to_image
from fallwatch.ui.video.zone_painter import paint_cross, paint_zone

Corner = tuple[float, float]

#: A click this close to a corner means that corner, in pixels of the widget.
_NEAR_PX = 14.0

#: How far an arrow key moves the cross, as a fraction of the image; with Shift, further.
_STEP, _FAR_STEP = 0.01, 0.05

_ARROWS = {
    Qt.Key.Key_Left: (-1, 0),
    Qt.Key.Key_Right: (1, 0),
    Qt.Key.Key_Up: (0, -1),
    Qt.Key.Key_Down: (0, 1),
}


@dataclass(slots=True)
class Outline:
    """A zone being edited: its corners are fractions of the image's width and height."""

    kind: ZoneKind
    corners: list[Corner]
    exit_after_s: float = 0.0
    exit_hours: str = ""


class ZoneEditor(QWidget):
    """Click to set corners; click the first one again, or double-click, to close a zone.

    Corners are dragged; with the keyboard, arrow keys move a cross, Space sets a corner or picks
    one up and puts it down, Enter closes the zone, Backspace takes the last corner back, Delete
    removes the chosen zone.

    Signals:
        changed: A zone was added, moved or removed, or another one was chosen.
    """

    changed = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        self.setMinimumSize(400, 300)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setAccessibleName(self.tr("Zones on the image"))
        self.setAccessibleDescription(
            self.tr(
                "Arrow keys move the cross, Space sets a corner, Enter closes the zone, "
                "Backspace takes the last corner back, Delete removes the chosen zone."
            )
        )
        self.kind = ZoneKind.BED
        self.outlines: list[Outline] = []
        self.chosen: int | None = None
        self._draft: list[Corner] = []
        self._held: tuple[int, int] | None = None
        self._cross: Corner = (0.5, 0.5)
        self._image: QImage | None = None

    @property
    def zones(self) -> tuple[Zone, ...]:
        """The finished zones."""
        return tuple(_zone(each) for each in self.outlines)

    @property
    def is_drawing(self) -> bool:
        """True while a zone has been begun and not closed."""
        return bool(self._draft)

    def set_zones(self, zones: Sequence[Zone]) -> None:
        """Begin with these zones."""
        self.outlines = [
            Outline(zone.kind, list(zone.corners_norm), zone.exit_after_s, zone.exit_hours)
            for zone in zones
        ]
        self._choose(None)

    def set_analysis(self, analysis: Analysis) -> None:
        """Draw on this image from now on."""
        self._image = to_image(analysis.frame.image_bgr)
        self.update()

    def choose(self, index: int | None) -> None:
        """Choose a zone, to remove it or change its kind."""
        if index != self.chosen:
            self._choose(index)

    def set_kind(self, kind: ZoneKind) -> None:
        """What the next zone is, and the chosen one."""
        self.kind = kind
        if self.chosen is not None and self.outlines[self.chosen].kind is not kind:
            self.outlines[self.chosen].kind = kind
            self.changed.emit()
        self.update()

    def set_exit(self, after_s: float, hours: str) -> None:
        """Set when being out of the chosen bed is a notice; see `fallwatch.core.zones.Zone`."""
        if self.chosen is not None:
            outline = self.outlines[self.chosen]
            outline.exit_after_s, outline.exit_hours = after_s, hours

    def remove_chosen(self) -> None:
        """Remove the chosen zone."""
        if self.chosen is not None:
            del self.outlines[self.chosen]
            self._choose(None)

    def close_draft(self) -> None:
        """Finish the zone being drawn; nothing happens before it has three corners."""
        if len(self._draft) >= 3:
            self.outlines.append(Outline(self.kind, self._draft))
            self._draft = []
            self._choose(len(self.outlines) - 1)

    def place(self) -> QRectF:
        """Where the image lies in the widget."""
        width, height = (640, 480)
        if self._image is not None:
            width, height = self._image.width(), self._image.height()
        scale = min(self.width() / width, self.height() / height)
        place = QRectF(0, 0, width * scale, height * scale)
        place.moveCenter(QRectF(self.rect()).center())
        return place

    def mousePressEvent(self, event: QMouseEvent) -> None:
        if event.button() is Qt.MouseButton.LeftButton:
            self._cross = self._norm(event.position())
            self._held = None if self._draft else self._corner_near(self._cross)
            if self._held is None:
                self._set_corner()
            else:
                self._choose(self._held[0])

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        if self._held is not None:
            self._cross = self._norm(event.position())
            self._carry()

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        self._held = None

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        self.close_draft()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        key = Qt.Key(event.key())
        if key in _ARROWS:
            far = bool(event.modifiers() & Qt.KeyboardModifier.ShiftModifier)
            self._move_cross(*_ARROWS[key], _FAR_STEP if far else _STEP)
        elif key is Qt.Key.Key_Space:
            self._pick_up_or_set()
        elif key in (Qt.Key.Key_Return, Qt.Key.Key_Enter) and self._draft:
            self.close_draft()
        elif key is Qt.Key.Key_Backspace and self._draft:
            self._draft.pop()
        elif key is Qt.Key.Key_Escape and self._draft:
            self._draft = []
        elif key is Qt.Key.Key_Delete:
            self.remove_chosen()
        else:
            super().keyPressEvent(event)
        self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
        painter.fillRect(self.rect(), Qt.GlobalColor.black)
        place = self.place()
        if self._image is not None:
            painter.drawImage(place, self._image)
        for index, outline in enumerate(self.outlines):
            points = [self._point(corner) for corner in outline.corners]
            paint_zone(painter, outline.kind, points, chosen=index == self.chosen)
        if self._draft:
            points = [self._point(corner) for corner in self._draft]
            paint_zone(painter, self.kind, points, chosen=True, is_open=True)
        if self.hasFocus():
            paint_cross(painter, self._point(self._cross))
        painter.end()

    def _set_corner(self) -> None:
        if not self._draft:
            inside = [i for i, zone in enumerate(self.zones) if zone.contains(*self._cross)]
            if inside:
                self._choose(inside[-1])
                return
        if len(self._draft) >= 3 and self._is_near(self._draft[0], self._cross):
            self.close_draft()
            return
        if not (self._draft and self._is_near(self._draft[-1], self._cross)):
            self._draft.append(self._cross)
        self.update()

    def _pick_up_or_set(self) -> None:
        if self._held is not None:
            self._held = None
            return
        self._held = None if self._draft else self._corner_near(self._cross)
        if self._held is None:
            self._set_corner()
        else:
            self._choose(self._held[0])

    def _move_cross(self, right: int, down: int, step: float) -> None:
        x, y = self._cross
        self._cross = _clamp(x + right * step), _clamp(y + down * step)
        self._carry()

    def _carry(self) -> None:
        if self._held is not None:
            zone, corner = self._held
            self.outlines[zone].corners[corner] = self._cross
            self.changed.emit()
        self.update()

    def _choose(self, index: int | None) -> None:
        self.chosen = index
        if index is not None:
            self.kind = self.outlines[index].kind
        self.changed.emit()
        self.update()

    def _corner_near(self, where: Corner) -> tuple[int, int] | None:
        for zone, outline in enumerate(self.outlines):
            for corner, each in enumerate(outline.corners):
                if self._is_near(each, where):
                    return zone, corner
        return None

    def _is_near(self, one: Corner, other: Corner) -> bool:
        gap = self._point(one) - self._point(other)
        return math.hypot(gap.x(), gap.y()) <= _NEAR_PX

    def _norm(self, point: QPointF) -> Corner:
        place = self.place()
        return (
            _clamp((point.x() - place.left()) / place.width()),
            _clamp((point.y() - place.top()) / place.height()),
        )

    def _point(self, corner: Corner) -> QPointF:
        place = self.place()
        return QPointF(
            place.left() + corner[0] * place.width(), place.top() + corner[1] * place.height()
        )


def _zone(outline: Outline) -> Zone:
    corners = tuple(outline.corners)
    if outline.kind is not ZoneKind.BED:
        return Zone(outline.kind, corners)
    return Zone(outline.kind, corners, outline.exit_after_s, outline.exit_hours)


def _clamp(fraction: float) -> float:
    return min(1.0, max(0.0, fraction))
