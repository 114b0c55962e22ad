"""The worst trouble there is, for as long as it lasts, whoever has acknowledged its alarm."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from PySide6.QtCore import QCoreApplication, QObject, QTimer, Signal

from fallwatch.alarms.kinds import kind_message
from fallwatch.alarms.priority import PAST_KINDS, is_technical
from fallwatch.core.message import NO_MESSAGE
from fallwatch.core.types import Alarm, Priority
from fallwatch.runtime.views.state_look import Mood, StateLook
from fallwatch.ui.rooms.rooms import Rooms
from fallwatch.ui.text.translate import translate
from fallwatch.ui.text.words import place

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
    mood: Mood


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
        alarms: All open alarms. Those about a room here are left out: its state says more.
    """
    found = [(_rank(look), name, look) for name, look in rooms if look.mood in ("error", "watch")]
    names = {name for name, _ in rooms}
    for alarm in alarms:
        if _lasts(alarm) and alarm.camera not in names:
            look = StateLook(kind_message(alarm.kind), NO_MESSAGE, "state-stalled", "watch")
            rank = 3 if alarm.priority is Priority.LOW else 1
            found.append((rank, place(alarm), look))
    if not found:
        return None
    _, name, worst = min(found, key=lambda each: each[0])
    words = _tr("{0}: {1}")
    if len(found) > 1:
        words = _tr("{0}: {1}, and {2} more")
    words = words.format(name, translate(worst.title), len(found) - 1)
    return Trouble(words, worst.icon, worst.mood)


def _rank(look: StateLook) -> int:
    """0 for the worst: a room that is being started is better off than one that is not seen."""
    if look.mood == "error":
        return 0
    return 2 if look.busy else 1


def _lasts(alarm: Alarm) -> bool:
    is_past = alarm.kind in PAST_KINDS or alarm.from_clip
    return is_technical(alarm.kind) and not is_past


def _tr(text: str) -> str:
    return QCoreApplication.translate("WorstRoom", text)
