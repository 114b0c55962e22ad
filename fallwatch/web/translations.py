"""Words for the page in the language of whoever looks, from the window's own translations."""

from __future__ import annotations

import logging
from collections.abc import Callable
from functools import cache
from xml.etree import ElementTree

from fallwatch import paths
from fallwatch.core.message import Message, fill

_log = logging.getLogger(__name__)

#: Languages there are words in; the first holds where none of them is asked for.
LANGUAGES = ("en", "de")

#: What is missing where the extra is not installed.
INSTALL = Message(
    "The page for phones is missing here. Install fallwatch again with its setup program or "
    'package, which bring it along. If it was installed with pip: pip install "fallwatch[web]".'
)

#: Says a message in one language.
Say = Callable[[Message], str]


def language_for(accept_language: str) -> str:
    """The first language of a browser's ``Accept-Language`` that there are words in."""
    for part in accept_language.split(","):
        language = part.split(";")[0].strip().lower().split("-")[0]
        if language in LANGUAGES:
            return language
    return LANGUAGES[0]


def say_in(language: str) -> Say:
    """How messages are said in a language; in English where a template is not known."""
    known = _translations(language)

    def say(message: Message) -> str:
        words = known.get(message.template, message.template)
        return fill(
            words,
            [say(each) if isinstance(each, Message) else str(each) for each in message.arguments],
        )

    return say


@cache
def _translations(language: str) -> dict[str, str]:
    """Templates and their translations, of all parts of the window."""
    if language == "en":
        return {}
    path = paths.resources_dir() / "translations" / f"fallwatch_{language}.ts"
    try:
        root = ElementTree.parse(path).getroot()
    except (OSError, ElementTree.ParseError) as error:
        _log.error("The page cannot speak %s: %s", language, error)
        return {}
    found: dict[str, str] = {}
    for message in root.iter("message"):
        source, translation = message.findtext("source"), message.findtext("translation")
        if source and translation:
            found.setdefault(source, translation)
    return found
