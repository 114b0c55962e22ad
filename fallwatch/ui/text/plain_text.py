"""Names from elsewhere shown as they are, where Qt or the desktop would read them as markup."""

from __future__ import annotations

import re
from html import escape

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QLabel, QMessageBox

# So many letters without a space.
_LONG_WORD = re.compile(r"\S{24}")

#: Angle brackets that no desktop takes for markup.
_HARMLESS = str.maketrans("<>", "\u2039\u203a")


def tip(words: str) -> str:
    """Words for a tooltip, in which Qt itself guesses whether they are markup.

    >>> tip("Kitchen & hall")
    'Kitchen & hall'
    >>> tip("<b>Kitchen</b>")
    '<span>&lt;b&gt;Kitchen&lt;/b&gt;</span>'
    """
    if "<" not in words:
        return words
    return f"<span>{escape(words)}</span>".replace("\n", "<br>")


def unmarked(words: str) -> str:
    """Words for the desktop's notifications, some of which read markup and some of which do not.

    >>> unmarked("<b>Kitchen</b>")
    '\u2039b\u203aKitchen\u2039/b\u203a'
    """
    return words.translate(_HARMLESS)


def plain_label(words: str = "") -> QLabel:
    """A label that shows its words as they are."""
    label = QLabel(words)
    label.setTextFormat(Qt.TextFormat.PlainText)
    return label


def plain_question(box: QMessageBox) -> QMessageBox:
    """A question that shows its words as they are."""
    box.setTextFormat(Qt.TextFormat.PlainText)
    return box


def breakable(text: str) -> str:
    """The text, with places where a very long word may go on in the next line.

    >>> breakable("Hall")
    'Hall'
    """
    return _LONG_WORD.sub(lambda word: f"{word.group()}\u200b", text)
