"""Messages in the window's language."""

from __future__ import annotations

from PySide6.QtCore import QCoreApplication

from fallwatch.core.message import Argument, Message, fill
from fallwatch.ui.text.numbers import localised

#: The context of all templates in the translation files.
CONTEXT = "Message"


def translate(message: Message) -> str:
    """A message in the window's language; in English where its template is not known.

    The messages that stand in its places are translated in the same way, and numbers written as
    the language does.
    """
    words = QCoreApplication.translate(CONTEXT, message.template)
    return fill(words, [_in_place(each, message.template) for each in message.arguments])


def _in_place(argument: Argument, template: str) -> str:
    if isinstance(argument, Message):
        return translate(argument)
    # A template that is nothing but a place holds a text that is not ours.
    return str(argument) if template == "{0}" else localised(str(argument))
