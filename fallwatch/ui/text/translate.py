"""Messages in the window's language."""

from __future__ import annotations

from PySide6.QtCore import QCoreApplication

from fallwatch.core.message import Message, fill

#: The context of all templates in the translation files.
CONTEXT = "Message"


def translate(message: Message) -> str:
    """A message in the window's language; in English where its template is not known.

    The messages that stand in its places are translated in the same way.
    """
    words = QCoreApplication.translate(CONTEXT, message.template)
    return fill(
        words,
        [translate(each) if isinstance(each, Message) else str(each) for each in message.arguments],
    )
