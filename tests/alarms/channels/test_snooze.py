"""Silence ends by itself, and quiet hours only soften."""

from __future__ import annotations

import wave
from datetime import datetime, timedelta, timezone
from pathlib import Path

import numpy as np
import pytest

from fallwatch.alarms.channels.quiet_hours import is_quiet, soft_sounds
from fallwatch.alarms.channels.snooze import QuietHoursChannel, Snooze, SnoozedChannel
from fallwatch.core.types import Alarm
from fallwatch.events.times import utc_text
from fallwatch.paths import resources_dir
from fallwatch.settings import QuietSettings
from tests.ui.fakes import alarm
from tests.waiting import FakeClock

EVENING = datetime(2026, 3, 2, 22, 30, tzinfo=timezone.utc)  # a Monday
NIGHT = QuietSettings(monday="22:00-06:00")


class Heard:
    """A channel that remembers what it told."""

    name = "sound"

    def __init__(self) -> None:
        self.told: list[str] = []
        self.quiets = self.closes = 0

    def deliver(self, alarm: Alarm) -> None:
        self.told.append(alarm.camera)

    def stop(self) -> None:
        self.quiets += 1

    def close(self) -> None:
        self.closes += 1


def test_a_snooze_silences_one_camera_and_ends_by_itself() -> None:
    now = [0.0]
    snooze, heard = Snooze(lambda: now[0]), Heard()
    channel = SnoozedChannel(heard, snooze)
    snooze.begin("Hall", 60)
    channel.deliver(alarm(camera="Hall"))
    channel.deliver(alarm(camera="Kitchen"))
    assert heard.told == ["Kitchen"]
    now[0] = 59.0
    assert snooze.left_s("Hall") == 1.0
    now[0] = 60.0
    assert snooze.left_s("Hall") == 0.0
    channel.deliver(alarm(camera="Hall"))
    assert heard.told == ["Kitchen", "Hall"]


def test_muting_silences_all_and_can_be_ended_early() -> None:
    snooze = Snooze(lambda: 0.0)
    snooze.begin(None, 60)
    assert snooze.covers(alarm(camera="Hall"))
    snooze.end(None)
    assert not snooze.covers(alarm(camera="Hall"))


@pytest.mark.parametrize(
    ("hours", "day", "clock", "expected"),
    [
        ("22:00-06:00", 2, 21, False),
        ("22:00-06:00", 2, 22, True),
        ("22:00-06:00", 3, 5, True),
        ("22:00-06:00", 3, 6, False),
        ("22:00-06:00", 3, 22, False),
        ("13:00-15:00", 2, 14, True),
        ("13:00-15:00", 2, 15, False),
        ("00:00-00:00", 2, 12, True),
        ("", 2, 23, False),
    ],
)
def test_quiet_hours(hours: str, day: int, clock: int, expected: bool) -> None:
    assert is_quiet(QuietSettings(monday=hours), datetime(2026, 3, day, clock)) is expected


def told(began: datetime, now: datetime) -> tuple[int, int]:
    loud, soft = Heard(), Heard()
    channel = QuietHoursChannel(loud, lambda: soft, lambda: NIGHT, lambda: 60, now=lambda: now)
    started = began.isoformat(timespec="milliseconds").replace("+00:00", "Z")
    channel.deliver(alarm(started_utc=started))
    channel.stop()
    channel.close()
    assert loud.quiets == loud.closes == 1
    return len(loud.told), len(soft.told)


def test_in_quiet_hours_an_alarm_is_soft_and_grows_loud_when_nobody_acknowledges() -> None:
    assert told(EVENING, EVENING) == (0, 1)
    assert told(EVENING, EVENING + timedelta(seconds=60)) == (1, 0)
    assert told(EVENING - timedelta(hours=1), EVENING - timedelta(hours=1)) == (1, 0)


def test_a_clock_set_back_keeps_no_alarm_soft() -> None:
    loud, soft, clock = Heard(), Heard(), FakeClock()
    channel = QuietHoursChannel(
        loud,
        lambda: soft,
        lambda: NIGHT,
        lambda: 60,
        # Set back by an hour after the alarm began.
        now=lambda: EVENING,
        monotonic=clock,
    )
    started = utc_text(EVENING + timedelta(hours=1))
    for expected in [(0, 1), (0, 2), (1, 2)]:
        channel.deliver(alarm(started_utc=started))
        assert (len(loud.told), len(soft.told)) == expected
        clock.advance(30)
    channel.stop()
    channel.deliver(alarm(started_utc="2026-00-25T10:00:00.000Z"))
    assert len(loud.told) == 2, "an impossible time keeps no alarm soft"


def test_softer_sounds_are_as_long_and_softer(tmp_path: Path) -> None:
    full = resources_dir() / "sounds"
    soft = soft_sounds(full, 40, tmp_path)
    names = sorted(path.name for path in full.glob("*.wav"))
    assert sorted(path.name for path in soft.iterdir()) == names
    for name in names:
        loud_samples, soft_samples = samples(full / name), samples(soft / name)
        assert len(loud_samples) == len(soft_samples)
        peak = np.abs(loud_samples.astype(int)).max()
        assert np.abs(soft_samples.astype(int)).max() == pytest.approx(0.4 * peak, rel=0.01)


def samples(path: Path) -> np.ndarray[tuple[int], np.dtype[np.int16]]:
    with wave.open(str(path), "rb") as reader:
        assert reader.getsampwidth() == 2
        return np.frombuffer(reader.readframes(reader.getnframes()), np.int16)
