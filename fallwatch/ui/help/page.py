"""A page of help: text with its pictures, and links to its own headings."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from PySide6.QtCore import QSize, Qt, QUrl
from PySide6.QtGui import QImage, QTextBlock, QTextCursor, QTextDocument
from PySide6.QtWidgets import QDialog, QTextBrowser, QVBoxLayout, QWidget

from fallwatch.ui.style.dialog_parts import plain_buttons

#: The most a picture takes of the page.
_PICTURE = QSize(640, 480)


class Page(QTextBrowser):
    """Markdown that is shown; links lead to the page's own headings and nowhere else.

    Args:
        markdown: The text.
        folder: Where the pictures lie that the text names. Nothing is fetched from elsewhere.
    """

    def __init__(self, markdown: str, folder: Path | None = None) -> None:
        super().__init__()
        self.setOpenLinks(False)
        self.anchorClicked.connect(self._go_to)
        if folder is not None:
            self.document().setBaseUrl(QUrl.fromLocalFile(f"{folder}/"))
        self.setMarkdown(markdown)

    def loadResource(self, kind: int, name: QUrl | str) -> Any:
        """Hand a picture over, small enough for the page; overrides Qt's."""
        place = QUrl(name)
        if kind != QTextDocument.ResourceType.ImageResource.value or not place.isLocalFile():
            return None
        image = QImage(place.toLocalFile())
        if image.isNull():
            return None
        ratio = self.devicePixelRatioF()
        small = image.scaled(
            image.size().boundedTo(image.size().scaled(_PICTURE * ratio, _KEEP)),
            _KEEP,
            Qt.TransformationMode.SmoothTransformation,
        )
        small.setDevicePixelRatio(ratio)
        return small

    def _go_to(self, link: QUrl) -> None:
        block = self.document().begin()
        while block.isValid():
            if block.blockFormat().headingLevel() and anchor_of(block.text()) == link.fragment():
                self._show_from(block)
                return
            block = block.next()

    def _show_from(self, block: QTextBlock) -> None:
        cursor = QTextCursor(block)
        bar = self.verticalScrollBar()
        bar.setValue(bar.value() + self.cursorRect(cursor).top())
        self.setTextCursor(cursor)


class PageDialog(QDialog):
    """One page of text.

    Args:
        title: Of the dialog.
        markdown: The text.
        folder: Where its pictures lie.
        parent: Window over which it is shown.
    """

    def __init__(
        self,
        title: str,
        markdown: str,
        folder: Path | None = None,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self.setWindowTitle(title)
        self.page = Page(markdown, folder)
        self.page.setAccessibleName(title)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(20, 20, 20, 16)
        layout.addWidget(self.page, 1)
        layout.addWidget(plain_buttons(self, {"Close": self.tr("Close")}))
        self.resize(760, 560)


def anchor_of(heading: str) -> str:
    """What a link to a heading calls it: ``Install, update`` is ``install-update``."""
    kept = (each for each in heading.lower() if each.isalnum() or each in " -_")
    return "".join(kept).strip().replace(" ", "-")


_KEEP = Qt.AspectRatioMode.KeepAspectRatio
