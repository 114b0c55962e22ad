"""Text files of other programs, in any encoding and with any line ends."""

from __future__ import annotations

import codecs
from pathlib import Path

from fallwatch.evaluation.clips.names import shown

#: Nobody writes that much by hand; a file without end must not fill the memory.
MOST_BYTES = 4 * 2**20

#: The longer mark first: that of UTF-32 begins with that of UTF-16.
_MARKS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF32_LE, "utf-32-le"),
    (codecs.BOM_UTF32_BE, "utf-32-be"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)


class TextFileError(Exception):
    """A file cannot be read as text. The message names it, the line and the reason."""


def read_text(path: Path, most_bytes: int = MOST_BYTES) -> str:
    r"""Read a text file; every line of the result ends with ``\n``, whatever the file has.

    Bytes that are neither UTF-8 nor Unicode with a mark stay as Python keeps them in names of
    files (``surrogateescape``): `names.spellings` says what they may mean.

    Args:
        path: The file.
        most_bytes: Larger files are refused.

    Raises:
        TextFileError: It cannot be read, is too large, or holds what no text has.
    """
    try:
        if not path.is_file():
            raise TextFileError(f"{shown(path)} is not a file.")
        with path.open("rb") as file:
            data = file.read(most_bytes + 1)
    except OSError as error:
        raise TextFileError(f"{shown(path)} cannot be read ({error.strerror}).") from error
    if len(data) > most_bytes:
        raise TextFileError(
            f"{shown(path)}, line 1, begins a file of more than {most_bytes >> 10} KB: no such "
            "text is so large."
        )
    try:
        text = _decode(data)
    except UnicodeDecodeError as error:
        line = _lines_before(data[: error.start].decode(error.encoding, "ignore"))
        raise TextFileError(
            f"{shown(path)}, line {line}, is no text in {error.encoding}."
        ) from error
    text = text.replace("\r\n", "\n").replace("\r", "\n")
    if "\0" in text:
        line = _lines_before(text[: text.index("\0")])
        raise TextFileError(f"{shown(path)}, line {line}, holds zero bytes: it is no text file.")
    return text


def _decode(data: bytes) -> str:
    for mark, encoding in _MARKS:
        if data.startswith(mark):
            errors = "surrogateescape" if encoding == "utf-8" else "strict"
            return data[len(mark) :].decode(encoding, errors)
    # Simple letters in UTF-16 are every other byte zero, and text has no zero bytes.
    even, odd = data[0::2].count(0), data[1::2].count(0)
    if odd > len(data) // 4 and not even:
        return data.decode("utf-16-le")
    if even > len(data) // 4 and not odd:
        return data.decode("utf-16-be")
    return data.decode("utf-8", "surrogateescape")


def _lines_before(text: str) -> int:
    return text.replace("\r\n", "\n").replace("\r", "\n").count("\n") + 1
