"""Housekeeping: deletes old events and recordings, as the settings ask for."""

from __future__ import annotations

from collections.abc import Callable

from fallwatch.alarms.raising import THIS_COMPUTER
from fallwatch.core.message import Message
from fallwatch.core.protocols import AlarmDispatch
from fallwatch.events.store import EventStore
from fallwatch.events.times import utc_now
from fallwatch.recording.media import MediaFolder
from fallwatch.recording.retention import keep_house
from fallwatch.settings import Settings
from fallwatch.system.clock_watch import ClockWatch

#: Kind of the technical alarm that says that the clock is in doubt.
CLOCK_JUMPED = "clock_jumped"

_DAY_S = 86_400


def housekeeping(
    store: EventStore,
    media: MediaFolder,
    settings: Callable[[], Settings],
    clock: ClockWatch,
    dispatcher: AlarmDispatch,
) -> Callable[[], None]:
    """What deletes old events and recordings, by the settings as they are when it is called.

    Nothing is deleted while the clock is in doubt: set a year ahead, it makes everything old.
    """

    def keep() -> None:
        plausible = clock.is_plausible()
        jumped_s = clock.jumped_s
        if jumped_s is not None:
            dispatcher.raise_technical(THIS_COMPUTER, CLOCK_JUMPED, _words(jumped_s))
        else:
            dispatcher.clear_technical(THIS_COMPUTER, CLOCK_JUMPED)
        if not plausible:
            return
        record = settings().record
        days, megabytes = record.keep_days, record.keep_megabytes
        keep_house(store, media, now=utc_now(), keep_days=days, keep_megabytes=megabytes)

    return keep


def _words(jumped_s: float) -> Message:
    days = max(1, round(abs(jumped_s) / _DAY_S))
    if jumped_s < 0:
        return Message(
            "The clock of this computer was set back by {0} days. Check date and time. Old events "
            "are deleted again once it has run evenly for a day.",
            (days,),
        )
    return Message(
        "The clock of this computer was set forward by {0} days, or it was switched off for so "
        "long. Check date and time. Old events are deleted again once it has run evenly for a day.",
        (days,),
    )
