"""Text from outside, made fit for the record, for files and for networks."""

from __future__ import annotations

import re

# Halves of letters, which Python puts for bytes of a file's name that are no UTF-8, and control
# characters, the zero byte among them. A tab and an end of line are wanted in sentences.
_UNFIT = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\ud800-\udfff]")


def clean_text(text: str) -> str:
    r"""The text with a question mark for each character that cannot be stored or shown.

    >>> clean_text("caf\udce9\x00")
    'caf??'
    """
    return _UNFIT.sub("?", text)


def clean_name(text: str) -> str:
    r"""As `clean_text`, for what has one line: names of rooms, clips and people.

    >>> clean_name("two\nlines")
    'two lines'
    """
    return clean_text(text.replace("\r", " ").replace("\n", " ").replace("\t", " "))
