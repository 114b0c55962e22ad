"""Names of files as other systems write them: shown so that any file can hold them, compared."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator

#: Encodings of names and tables from before Unicode: Windows, its console, and old Macs.
_OLD_ENCODINGS = ("cp1252", "cp850", "mac_roman")

#: Kinds of characters that cannot be shown: controls, halves of letters, separators of lines.
_NOT_SHOWN = frozenset({"Cc", "Cs", "Zl", "Zp"})


def shown(text: object) -> str:
    r"""A text that every file, page and terminal can hold, such as a path with foreign bytes.

    The same name gives the same text, whichever way its accents are composed.

    >>> shown("K\udcfcche.mp4")
    'K\\xfcche.mp4'
    """
    return "".join(map(_shown_character, unicodedata.normalize("NFC", str(text))))


def _shown_character(character: str) -> str:
    if unicodedata.category(character) not in _NOT_SHOWN:
        return character
    code = ord(character)
    # A byte that is no UTF-8, as Python keeps it in the names of files.
    if 0xDC80 <= code <= 0xDCFF:
        return f"\\x{code - 0xDC00:02x}"
    return character.encode("unicode_escape").decode("ascii")


def spellings(name: str) -> Iterator[str]:
    r"""A name with its accents composed and, if it holds foreign bytes, what these may mean.

    >>> list(spellings("K\udcfc"))[1]
    'Kü'
    """
    yield unicodedata.normalize("NFC", name)
    if any("\udc80" <= character <= "\udcff" for character in name):
        data = name.encode("utf-8", "surrogateescape")
        for encoding in _OLD_ENCODINGS:
            yield unicodedata.normalize("NFC", data.decode(encoding, "replace"))
