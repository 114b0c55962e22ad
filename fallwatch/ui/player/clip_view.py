"""The image of a recorded clip."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QRectF, QSize, Qt
from PySide6.QtGui import QColor, QImage, QPainter, QPaintEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

from fallwatch.core.overlay import Shape
from fallwatch.ui.video.overlay_painter import paint_shapes

_BACKDROP, _INK = QColor("#0d1013"), QColor("#ffffff")


class ClipView(QWidget):
    """Paints an image as large as fits, in its own proportions, or words in its place."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        self.setMinimumSize(240, 160)
        self.setAccessibleName(self.tr("Image"))
        self.image: QImage | None = None
        self.shapes: tuple[Shape, ...] = ()
        self.words = ""

    def sizeHint(self) -> QSize:
        # It takes what room there is; where a dialog has to scroll, no more than this.
        return QSize(320, 240)

    def show_image(self, image: QImage | None, shapes: Sequence[Shape] = ()) -> None:
        """Show an image with what was seen in it; None shows nothing."""
        self.image, self.shapes, self.words = image, tuple(shapes), ""
        self.update()

    def show_words(self, words: str) -> None:
        """Say why there is no image."""
        self.image, self.words = None, words
        self.setAccessibleDescription(words)
        self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.fillRect(self.rect(), _BACKDROP)
        if self.image is not None and not self.image.isNull():
            painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
            scale = min(self.width() / self.image.width(), self.height() / self.image.height())
            target = QRectF(0, 0, self.image.width() * scale, self.image.height() * scale)
            target.moveCenter(QRectF(self.rect()).center())
            painter.drawImage(target, self.image)
            paint_shapes(painter, self.shapes, target, scale)
        elif self.words:
            painter.setPen(_INK)
            flags = int(Qt.AlignmentFlag.AlignCenter) | int(Qt.TextFlag.TextWordWrap)
            painter.drawText(self.rect().adjusted(20, 20, -20, -20), flags, self.words)
        painter.end()
