"""The image of the moment an alarm was raised."""

from __future__ import annotations

from PySide6.QtCore import QRectF, QSize, Qt
from PySide6.QtGui import QImage, QPainter

from fallwatch.core.overlay import Label, overlay
from fallwatch.core.types import Analysis
from fallwatch.ui.video.overlay_painter import paint_shapes
from fallwatch.ui.video.video_view import to_image


def moment_image(analysis: Analysis, largest: QSize) -> QImage:
    """A judged frame with what was seen in it, made small once.

    Args:
        analysis: The verdict, with its frame.
        largest: Size it must fit into, in pixels.
    """
    image = to_image(analysis.frame.image_bgr).scaled(
        largest,
        Qt.AspectRatioMode.KeepAspectRatio,
        Qt.TransformationMode.SmoothTransformation,
    )
    # Words would be larger than the person.
    shapes = tuple(shape for shape in overlay(analysis) if not isinstance(shape, Label))
    painter = QPainter(image)
    target = QRectF(image.rect())
    paint_shapes(painter, shapes, target, image.width() / analysis.frame.width_px)
    painter.end()
    return image
