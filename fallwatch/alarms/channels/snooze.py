"""Silence for a while, and softer sound at night. Alarms are recorded and shown all the same."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from datetime import datetime

from fallwatch.alarms.channels.quiet_hours import is_quiet
from fallwatch.core.moments import parse_utc
from fallwatch.core.protocols import AlarmChannel
from fallwatch.core.types import Alarm
from fallwatch.settings import QuietSettings

_DAY_S = 86_400.0


class Snooze:
    """Which alarms make no sound at the moment: each silence ends by itself.

    Any thread may ask; an alarm nobody has answered sounds at its next repetition after the end.

    Args:
        monotonic: Clock, in seconds.
    """

    def __init__(self, monotonic: Callable[[], float] = time.monotonic) -> None:
        self._monotonic = monotonic
        self._lock = threading.Lock()
        self._until_s: dict[str | None, float] = {}

    def begin(self, camera: str | None, seconds: float) -> None:
        """Silence one camera's alarms, or all (None), for so long from now."""
        with self._lock:
            self._until_s[camera] = self._monotonic() + seconds

    def end(self, camera: str | None) -> None:
        """End a silence early."""
        with self._lock:
            self._until_s.pop(camera, None)

    def left_s(self, camera: str | None) -> float:
        """How long a silence still lasts, in seconds; 0 if there is none."""
        with self._lock:
            return max(0.0, self._until_s.get(camera, float("-inf")) - self._monotonic())

    def covers(self, alarm: Alarm) -> bool:
        """Whether an alarm makes no sound now."""
        return self.left_s(None) > 0 or self.left_s(alarm.camera) > 0


class SnoozedChannel:
    """A channel that leaves out what is silenced.

    Args:
        inner: The channel.
        snooze: What is silenced.
    """

    def __init__(self, inner: AlarmChannel, snooze: Snooze) -> None:
        self._inner = inner
        self._snooze = snooze

    @property
    def name(self) -> str:
        """The channel's own name."""
        return self._inner.name

    def deliver(self, alarm: Alarm) -> None:
        """See `fallwatch.core.protocols.AlarmChannel.deliver`."""
        if not self._snooze.covers(alarm):
            self._inner.deliver(alarm)

    def stop(self) -> None:
        """See `fallwatch.core.protocols.AlarmChannel.stop`."""
        self._inner.stop()

    def close(self) -> None:
        """See `fallwatch.core.protocols.AlarmChannel.close`."""
        self._inner.close()


class QuietHoursChannel:
    """Tells alarms softly in quiet hours, and at full volume those that wait for too long.

    Args:
        loud: The channel for other hours.
        make_soft: Builds the same at a lower volume, when it is first needed.
        quiet: The quiet hours; asked each time, so that a change counts at once.
        louder_after_s: An alarm that began this long ago is told at full volume; asked each time.
        now: The present, in the computer's own time zone.
        monotonic: A clock that is never set, in seconds: setting the other back must not keep an
            alarm soft.
    """

    def __init__(
        self,
        loud: AlarmChannel,
        make_soft: Callable[[], AlarmChannel],
        quiet: Callable[[], QuietSettings],
        louder_after_s: Callable[[], float],
        now: Callable[[], datetime] = lambda: datetime.now().astimezone(),
        monotonic: Callable[[], float] = time.monotonic,
    ) -> None:
        self._loud = loud
        self._make_soft = make_soft
        self._quiet = quiet
        self._louder_after_s = louder_after_s
        self._now, self._monotonic = now, monotonic
        self._first_told_s: dict[str, float] = {}
        self._soft: AlarmChannel | None = None

    @property
    def name(self) -> str:
        """The channel's own name."""
        return self._loud.name

    def deliver(self, alarm: Alarm) -> None:
        """See `fallwatch.core.protocols.AlarmChannel.deliver`."""
        now = self._now()
        if self._is_old(alarm, now) or not is_quiet(self._quiet(), now):
            self._loud.deliver(alarm)
            return
        if self._soft is None:
            self._soft = self._make_soft()
        self._soft.deliver(alarm)

    def _is_old(self, alarm: Alarm, now: datetime) -> bool:
        """Whether it has waited for long, by the clock or, should that jump, within this run.

        One of an impossible time, or more than a day ahead, is not soft.
        """
        now_s = self._monotonic()
        waited_s = now_s - self._first_told_s.setdefault(alarm.event_id, now_s)
        try:
            by_clock_s = (now - parse_utc(alarm.started_utc)).total_seconds()
        except (ValueError, OverflowError):
            return True
        return by_clock_s < -_DAY_S or max(waited_s, by_clock_s) >= self._louder_after_s()

    def stop(self) -> None:
        """See `fallwatch.core.protocols.AlarmChannel.stop`."""
        self._first_told_s.clear()  # nothing waits any more
        self._loud.stop()
        if self._soft is not None:
            self._soft.stop()

    def close(self) -> None:
        """See `fallwatch.core.protocols.AlarmChannel.close`."""
        self._loud.close()
        if self._soft is not None:
            self._soft.close()
