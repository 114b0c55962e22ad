"""The live image, with what was seen in it drawn on top."""

from __future__ import annotations

import numpy as np
from PySide6.QtCore import QRectF, QSize, Qt, Signal
from PySide6.QtGui import (
    QColor,
    QImage,
    QKeyEvent,
    QMouseEvent,
    QPainter,
    QPaintEvent,
    QPen,
)
from PySide6.QtWidgets import QSizePolicy, QWidget

from fallwatch.core.overlay import Shape, overlay
from fallwatch.core.types import Alarm, Analysis, Image
from fallwatch.core.zones import Zone
from fallwatch.runtime.views.state_look import StateLook, nothing_open
from fallwatch.ui.text.translate import translate
from fallwatch.ui.text.words import kind_words
from fallwatch.ui.video.overlay_painter import (
    inside_alarm_frame,
    paint_alarm_frame,
    paint_off_notice,
    paint_shapes,
)
from fallwatch.ui.video.scaled_image import ScaledImage
from fallwatch.ui.video.zone_painter import paint_zone_outlines

_BACKDROP = QColor("#0d1013")


class VideoView(QWidget):
    """Paints the newest analysed frame as large as fits, in its own proportions.

    What is shown is what was judged: image and shapes come from the same ``Analysis``. Unless
    the room is being monitored the image turns grey and dark, and says so across its middle.

    Signals:
        activated: Somebody clicked it, or pressed Enter or Space on it.
    """

    activated = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._room = ""
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        self.setMinimumSize(120, 48)
        # Every pixel is painted here: Qt need not clear the background first.
        self.setAttribute(Qt.WidgetAttribute.WA_OpaquePaintEvent)
        self._image = ScaledImage()
        self._analysis: Analysis | None = None
        self._shapes: tuple[Shape, ...] | None = None
        self._look = nothing_open()
        self._alarm: Alarm | None = None
        self._zones: tuple[Zone, ...] = ()
        self._describe()

    def sizeHint(self) -> QSize:
        return QSize(800, 600)

    def set_analysis(self, analysis: Analysis) -> None:
        """Show a judged frame. Nothing is made of it before it is painted."""
        self._analysis, self._shapes = analysis, None
        self._image.show(analysis.frame.image_bgr)
        self.update()

    def set_room(self, name: str) -> None:
        """Whose image it is, for screen readers."""
        if name != self._room:
            self._room = name
            self._describe()

    def set_look(self, look: StateLook) -> None:
        """Tell whether the room is being monitored, and if not, why."""
        if look != self._look:
            self._look = look
            self._describe()
            self.update()

    def set_zones(self, zones: tuple[Zone, ...]) -> None:
        """Show where lying is no fall, and what is ignored."""
        self._zones = zones
        self.update()

    def set_alarm(self, alarm: Alarm | None) -> None:
        """Frame the image while an alarm waits for an answer: by colour, symbol and words."""
        if alarm != self._alarm:
            self._alarm = alarm
            self._describe()
            self.update()

    def clear(self) -> None:
        """Forget the last image: what comes next is another room."""
        self._analysis = self._shapes = None
        self._image.show(None)
        self.update()

    def image_rect(self) -> QRectF:
        """Where the image lies in the widget; empty if there is none."""
        size_px = self._image.size_px
        if size_px is None:
            return QRectF()
        width_px, height_px = size_px
        place = QRectF(self.rect())
        if self._alarm is not None:
            # The frame stands around the image: who lies at its foot is not hidden.
            place = inside_alarm_frame(place)
        scale = min(place.width() / width_px, place.height() / height_px)
        area = QRectF(0, 0, width_px * scale, height_px * scale)
        area.moveCenter(place.center())
        return area

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.fillRect(self.rect(), _BACKDROP)
        if self._analysis is not None:
            self._paint_image(painter, self._analysis)
        if not self._look.live:
            paint_off_notice(painter, QRectF(self.rect()), self._look)
        if self._alarm is not None:
            paint_alarm_frame(painter, QRectF(self.rect()), self._alarm)
        if self.hasFocus():
            painter.setPen(QPen(self.palette().highlight().color(), 3))
            painter.drawRect(QRectF(self.rect()).adjusted(1.5, 1.5, -1.5, -1.5))
        painter.end()

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        if event.button() is Qt.MouseButton.LeftButton and QRectF(self.rect()).contains(
            event.position()
        ):
            self.activated.emit()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter, Qt.Key.Key_Space):
            self.activated.emit()
        else:
            super().keyPressEvent(event)

    def _paint_image(self, painter: QPainter, analysis: Analysis) -> None:
        target = self.image_rect()
        pixels = target.toAlignedRect()
        image = self._image.at(pixels.size(), self.devicePixelRatioF())
        if self._look.live:
            painter.drawImage(pixels.topLeft(), image)
            paint_zone_outlines(painter, self._zones, target)
            if self._shapes is None:
                self._shapes = overlay(analysis)
            paint_shapes(painter, self._shapes, target, target.width() / analysis.frame.width_px)
            return
        painter.drawImage(pixels.topLeft(), image.convertToFormat(QImage.Format.Format_Grayscale8))
        painter.fillRect(pixels, QColor(13, 16, 19, 150))

    def _describe(self) -> None:
        name = self.tr("Image of {0}").format(self._room) if self._room else self.tr("Image")
        self.setAccessibleName(name)
        words = f"{translate(self._look.title)}. {translate(self._look.detail)}"
        if self._alarm is not None:
            words = self.tr("Alarm: {0}. {1}").format(kind_words(self._alarm.kind), words)
        self.setAccessibleDescription(words)


def to_image(image_bgr: Image) -> QImage:
    """A copy of a frame with 4 bytes a pixel, as Qt paints fastest, at its own size."""
    height, width, _ = image_bgr.shape
    pixels = np.ascontiguousarray(image_bgr)
    borrowed = QImage(pixels.data, width, height, 3 * width, QImage.Format.Format_BGR888)
    return borrowed.convertToFormat(QImage.Format.Format_RGB32)
