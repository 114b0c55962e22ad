"""The night as a page to print: a PDF, which every system prints."""

from __future__ import annotations

from collections.abc import Sequence
from html import escape
from pathlib import Path

from PySide6.QtCore import QCoreApplication, QMarginsF, QPoint, Qt, QUrl
from PySide6.QtGui import (
    QImage,
    QPageLayout,
    QPageSize,
    QPdfWriter,
    QRegion,
    QTextDocument,
)

from fallwatch.runtime.review.event_figures import is_about_people
from fallwatch.runtime.review.night_review import Night
from fallwatch.ui.review.figures_table import figures_heads, figures_rows
from fallwatch.ui.review.left_out import left_out_words
from fallwatch.ui.review.night_timeline import NightTimeline
from fallwatch.ui.style.theme import Theme
from fallwatch.ui.text.times import clock, day_words, local_now
from fallwatch.ui.text.words import kind_words, state_words

_WIDTH_PX = 700
_SCALE = 3


def write_pdf(night: Night, theme: Theme, path: Path) -> None:
    """Write the page. On the window's thread: it paints the timeline.

    Raises:
        OSError: It cannot be written.
    """
    path.write_bytes(b"")  # QPdfWriter does not say why it cannot write
    writer = QPdfWriter(str(path))
    size, margins = QPageSize(QPageSize.PageSizeId.A4), QMarginsF(15, 15, 15, 15)
    writer.setPageLayout(
        QPageLayout(size, QPageLayout.Orientation.Portrait, margins, QPageLayout.Unit.Millimeter)
    )
    writer.setTitle(_tr("Night review"))
    document = QTextDocument()
    document.addResource(
        QTextDocument.ResourceType.ImageResource.value,
        QUrl("timeline"),
        _timeline(night, theme),
    )
    document.setHtml(_html(night))
    document.print_(writer)
    if path.stat().st_size == 0:
        raise OSError(f"{path} could not be written. Check the folder and the space on its disk.")


def _timeline(night: Night, theme: Theme) -> QImage:
    widget = NightTimeline(theme, on_paper=True)
    widget.show_night(night)
    widget.resize(_WIDTH_PX, widget.sizeHint().height())
    image = QImage(widget.size() * _SCALE, QImage.Format.Format_RGB32)
    image.setDevicePixelRatio(_SCALE)
    image.fill(Qt.GlobalColor.white)
    widget.render(image, QPoint(), QRegion(), NightTimeline.RenderFlag.DrawChildren)
    return image


def _html(night: Night) -> str:
    now = local_now()
    events = [
        (clock(each.started_utc, now), each.camera, kind_words(each.kind), state_words(each, now))
        for each in night.alarms
        if is_about_people(each)
    ]
    heads = (_tr("Time"), _tr("Room"), _tr("What"), _tr("Outcome"))
    title = _tr("Night to {0}").format(day_words(night.day))
    nothing = _tr("Nothing happened to anybody in this night.")
    return (
        f"<h2>{escape(title)}</h2><p><img src='timeline' width='{_WIDTH_PX}'></p>"
        f"{_table(heads, events) if events else f'<p>{escape(nothing)}</p>'}"
        f"{f'<p>{escape(left_out_words(night))}</p>' if night.clips else ''}"
        f"<h3>{escape(_tr('Figures by week'))}</h3>{_table(figures_heads(), figures_rows(night))}"
    )


def _table(heads: tuple[str, ...], rows: Sequence[tuple[str, ...]]) -> str:
    head = "".join(f"<th align='left'>{escape(each)}</th>" for each in heads)
    body = "".join(
        f"<tr>{''.join(f'<td>{escape(cell)}</td>' for cell in row)}</tr>" for row in rows
    )
    return f"<table cellpadding='4' width='100%'><tr>{head}</tr>{body}</table>"


def _tr(text: str) -> str:
    return QCoreApplication.translate("NightReview", text)
