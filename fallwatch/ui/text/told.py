"""Says in the window's language what the parts behind it say in English.

Those parts know nothing of languages: their sentences go into the record and to the command line
as they are. Here, at the edge, a sentence is recognised by its pattern and said anew.
"""

from __future__ import annotations

import re
from functools import cache

from PySide6.QtCore import QCoreApplication

from fallwatch.ui.text.told_texts import TEXTS

#: The context of these texts in the translation files.
CONTEXT = "Told"

_PLACE = re.compile(r"\{\d\}")

# This is put behind other sentences, and belongs to none of their places.
_ANYTHING = "((?:(?! Trying again).)+?)"


def told(text: str) -> str:
    """A sentence in the window's language; as it is where it is not known.

    What stands in its places, such as a name or another sentence, is told in the same way.
    """
    if not text or not _is_translating():
        return text
    for template, pattern in _patterns():
        match = pattern.fullmatch(text)
        if match is None:
            continue
        words = QCoreApplication.translate(CONTEXT, template)
        return words.format(*(part if part == text else told(part) for part in match.groups()))
    return text


def _is_translating() -> bool:
    """English needs no looking up."""
    return QCoreApplication.translate(CONTEXT, TEXTS[0]) != TEXTS[0]


@cache
def _patterns() -> list[tuple[str, re.Pattern[str]]]:
    """Templates with what they match; those that say most by themselves come first."""
    found = []
    for template in TEXTS:
        parts = [re.escape(part) for part in _PLACE.split(template)]
        found.append((template, re.compile(_ANYTHING.join(parts), re.DOTALL)))
    return sorted(found, key=lambda each: -len(_PLACE.sub("", each[0])))
