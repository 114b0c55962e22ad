"""Numbers as they are written in the window's language."""

from __future__ import annotations

import re

from PySide6.QtCore import QLocale

_DECIMAL = re.compile(r"-?\d+\.\d+( ?%)?|-?\d+ ?%")


def number(value: float, decimals: int = 0) -> str:
    """A number with so many decimals, such as ``0,8`` in German."""
    locale = QLocale()
    locale.setNumberOptions(QLocale.NumberOption.OmitGroupSeparator)
    return locale.toString(float(value), "f", decimals)


def percent(share: float) -> str:
    """A share of 0 to 1, such as ``93 %``."""
    space = "\u00a0" if QLocale().language() is QLocale.Language.German else ""
    return f"{number(100 * share)}{space}%"


def localised(text: str) -> str:
    """A text that is nothing but a number, as this language writes it; any other as it is."""
    if not _DECIMAL.fullmatch(text):
        return text
    digits, is_percent = text.rstrip(" %"), text.endswith("%")
    if is_percent:
        return percent(float(digits) / 100)
    return number(float(digits), len(digits.partition(".")[2]))
