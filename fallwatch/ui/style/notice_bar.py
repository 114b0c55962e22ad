"""Calm messages inside the window: what happened, where, what to do."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtGui import QColor, QPainter, QPaintEvent
from PySide6.QtWidgets import QHBoxLayout, QLabel, QPushButton, QSizePolicy, QWidget

from fallwatch.core.message import Message
from fallwatch.ui.style.icons import icon_pixmap, set_button_icon
from fallwatch.ui.style.theme import Theme, set_ink
from fallwatch.ui.text.plain_text import plain_label
from fallwatch.ui.text.translate import translate

#: Older messages give way to newer ones.
MAX_MESSAGES = 3


class NoticeBar(QWidget):
    """A strip below the toolbar, hidden while there is nothing to say.

    Each message has a topic: a newer one on the same topic replaces it, and whoever repaired the
    matter clears the topic. No dialogs, so nothing piles up while nobody is at the computer.
    """

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self._messages: dict[str, str] = {}
        self._symbol = QLabel()
        self._text = plain_label()
        self._text.setWordWrap(True)
        self._text.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        self._text.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Preferred)
        self._dismiss = QPushButton(self.tr("Dismiss"))
        self._dismiss.setAccessibleName(self.tr("Dismiss the messages"))
        self._dismiss.clicked.connect(self.clear_all)
        layout = QHBoxLayout(self)
        layout.setContentsMargins(14, 8, 10, 8)
        layout.setSpacing(12)
        layout.addWidget(self._symbol)
        layout.addWidget(self._text, 1)
        layout.addWidget(self._dismiss)
        theme.changed.connect(self._colour)
        self._colour()
        self.hide()

    @property
    def text(self) -> str:
        """All messages as shown, one on a line."""
        return self._text.text()

    def show_message(self, topic: str, message: Message) -> None:
        """Show a message, in place of an older one on the same topic."""
        text = translate(message)
        if self._messages.get(topic) == text:
            return
        self._messages.pop(topic, None)
        self._messages[topic] = text
        while len(self._messages) > MAX_MESSAGES:
            del self._messages[next(iter(self._messages))]
        self._refresh()

    def clear_topic(self, topic: str) -> None:
        """The matter is settled."""
        if self._messages.pop(topic, None) is not None:
            self._refresh()

    def clear_all(self) -> None:
        """Take all messages away."""
        self._messages.clear()
        self._refresh()

    def _refresh(self) -> None:
        self._text.setText("\n".join(self._messages.values()))
        self.setAccessibleName(self._text.text())
        self.setVisible(bool(self._messages))

    def _colour(self) -> None:
        pair = self._theme.palette.error
        set_ink(self._text, pair.ink)
        self._symbol.setPixmap(
            icon_pixmap("notice", 22, pair.ink, device_ratio=self.devicePixelRatioF())
        )
        set_button_icon(self._dismiss, "close", self._theme.palette.surface.ink)
        self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.fillRect(self.rect(), QColor(self._theme.palette.error.paper))
        painter.end()
