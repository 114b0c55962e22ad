"""Times as people say them, in the computer's own time zone."""

from __future__ import annotations

from datetime import date, datetime

from PySide6.QtCore import QCoreApplication, QDate, QLocale

from fallwatch.core.moments import parse_utc


def local_now() -> datetime:
    """The present in the computer's time zone."""
    return datetime.now().astimezone()


def clock(text: str, now: datetime) -> str:
    """Local time of a stored time, with the date unless it is today's.

    Args:
        text: ISO 8601 in UTC, ending in ``Z``; what is none is shown as it is.
        now: The present, with a time zone: the one to show the time in.
    """
    try:
        local = parse_utc(text).astimezone(now.tzinfo)
    except (ValueError, OverflowError, OSError):
        return str(text)
    if local.date() == now.date():
        return local.strftime("%H:%M:%S")
    return f"{day_words(local.date())} {local:%H:%M}"


def day_format() -> str:
    """How a date is written in the window's language, for `QLocale.toString`; the year in full."""
    locale = QLocale()
    if locale.language() is QLocale.Language.C:
        return "yyyy-MM-dd"
    short = locale.dateFormat(QLocale.FormatType.ShortFormat)
    return short if "yyyy" in short else short.replace("yy", "yyyy")


def day_words(day: date) -> str:
    """A date, such as ``01.03.2026`` in German."""
    return QLocale().toString(QDate(day.year, day.month, day.day), day_format())


def week_words(week: str) -> str:
    """An ISO week, such as ``2026-W09``, which is ``KW 09/2026`` in German."""
    year, _, number = week.partition("-W")
    return _tr("{0}-W{1}").format(year, number) if number else week


def span(seconds: float) -> str:
    """A length of time in words, such as ``45 s``, ``1 min 12 s`` or ``2 h 5 min``."""
    whole = max(0, int(seconds))
    if whole < 60:
        return _tr("{0} s").format(whole)
    if whole < 3600:
        return _tr("{0} min {1} s").format(whole // 60, whole % 60)
    return _tr("{0} h {1} min").format(whole // 3600, whole % 3600 // 60)


def clip_clock(seconds: float) -> str:
    """A place in a clip, such as ``0:04``."""
    whole = max(0, int(seconds))
    return f"{whole // 60}:{whole % 60:02d}"


def _tr(text: str) -> str:
    return QCoreApplication.translate("Times", text)
