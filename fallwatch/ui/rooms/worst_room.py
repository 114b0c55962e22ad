"""The worst trouble there is.

An alarm about a person counts until it is acknowledged; a fault for as long as it lasts, whoever
has acknowledged its alarm.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from typing import Literal

from PySide6.QtCore import QCoreApplication, QObject, QTimer, Signal

from fallwatch.alarms.kinds import kind_message
from fallwatch.alarms.lifecycle import is_unacknowledged
from fallwatch.alarms.priority import PAST_KINDS, is_technical, rank
from fallwatch.core.message import Message
from fallwatch.core.types import Alarm, Priority
from fallwatch.runtime.views.state_look import Mood, StateLook
from fallwatch.ui.rooms.rooms import Rooms
from fallwatch.ui.text.translate import translate
from fallwatch.ui.text.words import kind_icon, place

_LOOK_MS = 500


@dataclass(frozen=True, slots=True)
class Trouble:
    """What is worst.

    Attributes:
        words: Where and what, and how many more there are.
        icon: Name of its icon.
        mood: Which pair of the palette it takes.
    """

    words: str
    icon: str
    mood: Mood | Literal["alarm", "notice"]


class WorstRoom(QObject):
    """Follows all rooms and this computer.

    Signals:
        changed: The worst ``Trouble`` has become another; None while there is none.
    """

    changed = Signal(object)

    def __init__(self, rooms: Rooms, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._rooms = rooms
        self._alarms: Sequence[Alarm] = ()
        self._told: Trouble | None = None
        self._timer = QTimer(self)
        self._timer.setInterval(_LOOK_MS)
        self._timer.timeout.connect(self.look)
        self._timer.start()

    def show_alarms(self, alarms: Sequence[Alarm]) -> None:
        """Take in which alarms are open, acknowledged or not: they last as long as their cause."""
        self._alarms = alarms
        self.look()

    def close(self) -> None:
        """Look no more."""
        self._timer.stop()

    def look(self) -> None:
        """Look at all rooms now."""
        rooms = [
            (each.name, each.tile.look)
            for each in self._rooms.all
            if each.choice is not None and not each.choice.ends
        ]
        trouble = worst_trouble(rooms, self._alarms)
        if trouble != self._told:
            self._told = trouble
            self.changed.emit(trouble)


def worst_trouble(
    rooms: Sequence[tuple[str, StateLook]], alarms: Iterable[Alarm]
) -> Trouble | None:
    """The worst trouble; None if there is none.

    Args:
        rooms: Name and state of each room. A room that somebody stopped is no trouble.
        alarms: All open alarms. One about a person counts until it is acknowledged, and before any
            fault. Technical ones about a room here are left out: its state says more.
    """
    found = [
        ((1, _rank(look)), Trouble(_line(name, look.title), look.icon, look.mood))
        for name, look in rooms
        if look.mood in ("error", "watch")
    ]
    names = {name for name, _ in rooms}
    for alarm in alarms:
        line = _line(place(alarm), kind_message(alarm.kind))
        if not is_technical(alarm.kind):
            if is_unacknowledged(alarm):
                about = Trouble(line, kind_icon(alarm.kind), "notice")
                if alarm.priority is Priority.HIGH:
                    about = replace(about, mood="alarm")
                found.append(((0, rank(alarm.priority)), about))
        elif _lasts(alarm) and alarm.camera not in names:
            urgency = 3 if alarm.priority is Priority.LOW else 1
            found.append(((1, urgency), Trouble(line, "state-stalled", "watch")))
    if not found:
        return None
    _, worst = min(found, key=lambda each: each[0])
    if len(found) == 1:
        return worst
    return replace(worst, words=_tr("{0}, and {1} more").format(worst.words, len(found) - 1))


def _line(where: str, what: Message) -> str:
    return _tr("{0}: {1}").format(where, translate(what))


def _rank(look: StateLook) -> int:
    """0 for the worst: a room that is being started is better off than one that is not seen."""
    if look.mood == "error":
        return 0
    return 2 if look.busy else 1


def _lasts(alarm: Alarm) -> bool:
    return alarm.kind not in PAST_KINDS and not alarm.from_clip


def _tr(text: str) -> str:
    return QCoreApplication.translate("WorstRoom", text)
