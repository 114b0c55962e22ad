"""Quiet hours, and the softer alarm sounds for them. The times are pure."""

from __future__ import annotations

import wave
from datetime import datetime, time, timedelta
from pathlib import Path

import numpy as np

from fallwatch.core.message import Message
from fallwatch.core.protocols import ChannelError
from fallwatch.settings import QuietSettings

#: Names of the settings, as ``datetime.weekday`` numbers the days.
WEEKDAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")


def is_quiet(quiet: QuietSettings, now: datetime) -> bool:
    """Whether a moment lies in the quiet hours of its day, or of the evening before.

    >>> night = QuietSettings(monday="22:00-06:00")
    >>> [is_quiet(night, datetime(2026, 3, 2, hour)) for hour in (5, 21, 22)]
    [False, False, True]
    >>> is_quiet(night, datetime(2026, 3, 3, 5, 59))
    True
    """
    return any(_lasts(quiet, now, now - timedelta(days=days)) for days in (0, 1))


def is_within(hours: str, now: datetime) -> bool:
    """Whether a moment lies in hours such as ``22:00-06:00``, of any day; in empty ones all do.

    >>> [is_within("22:00-06:00", datetime(2026, 3, 2, hour)) for hour in (5, 6, 22)]
    [True, False, True]
    """
    days = (now, now - timedelta(days=1))
    return not hours or any(_last(hours, now, day) for day in days)


def soft_sounds(sounds: Path, percent: int, folder: Path) -> Path:
    """Make the alarm sounds at a lower volume.

    Args:
        sounds: Folder of the sounds at full volume: 16-bit WAV files.
        percent: Volume, of the full one.
        folder: Where to put them, in a folder of their own.

    Returns:
        That folder.

    Raises:
        ChannelError: They cannot be written.
    """
    target = folder / f"sounds-{percent}"
    try:
        target.mkdir(parents=True, exist_ok=True)
        for path in sorted(sounds.glob("*.wav")):
            _write_softer(path, target / path.name, percent / 100)
    except (OSError, wave.Error) as error:
        raise ChannelError(
            Message(
                "The softer alarm sounds cannot be made ({0}). Free some disk space, or clear "
                "the quiet hours in the settings.",
                (str(error),),
            )
        ) from error
    return target


def _lasts(quiet: QuietSettings, now: datetime, day: datetime) -> bool:
    """Whether the quiet hours that begin on ``day`` include ``now``."""
    hours: str = getattr(quiet, WEEKDAYS[day.weekday()])
    return bool(hours) and _last(hours, now, day)


def _last(hours: str, now: datetime, day: datetime) -> bool:
    """Whether hours that begin on ``day`` include ``now``."""
    begin_time, end_time = (time.fromisoformat(part) for part in hours.split("-"))
    begin = datetime.combine(day.date(), begin_time, now.tzinfo)
    end = datetime.combine(day.date(), end_time, now.tzinfo)
    if end <= begin:
        end += timedelta(days=1)
    return begin <= now < end


def _write_softer(source: Path, target: Path, factor: float) -> None:
    with wave.open(str(source), "rb") as reader:
        parameters = reader.getparams()
        samples = np.frombuffer(reader.readframes(parameters.nframes), np.int16)
    with wave.open(str(target), "wb") as writer:
        writer.setparams(parameters)
        writer.writeframes((samples * factor).astype(np.int16).tobytes())
