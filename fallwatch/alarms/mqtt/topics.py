"""Topics and names at the broker. Pure."""

from __future__ import annotations

import hashlib
import re
import unicodedata
from dataclasses import dataclass

#: What the ids of other computers' alarms begin with here.
_REMOTE = "remote-"

#: Longer names are cut, and marked.
_LONGEST = 40

#: With eight digits, two of a hundred rooms share a mark once in a million homes.
_MARK_DIGITS = 8

_MARKED = re.compile(r"(^|-)[0-9a-f]{8}$")


@dataclass(frozen=True, slots=True)
class Topics:
    """The topics of one watching computer, its station.

    Attributes:
        base: What every topic begins with.
        station: The station's short name, see `station_name`.
    """

    base: str
    station: str

    @property
    def status(self) -> str:
        """``online`` or ``offline``, retained; the broker says ``offline`` of who has vanished."""
        return f"{self.base}/{self.station}/status"

    @property
    def about(self) -> str:
        """What the station is called, and whether it has ended in an orderly way; retained."""
        return f"{self.base}/{self.station}/about"

    @property
    def events(self) -> str:
        """One message for each alarm, once."""
        return f"{self.base}/{self.station}/events"

    @property
    def acknowledge(self) -> str:
        """Answers to alarms come in here."""
        return f"{self.base}/{self.station}/acknowledge"

    def alarm(self, event_id: str) -> str:
        """An open alarm as it is now, retained; an empty message when it is closed."""
        return f"{self.base}/{self.station}/alarms/{event_id}"

    def state(self, room: str) -> str:
        """How a room is, retained."""
        return f"{self.base}/{self.station}/rooms/{short_name(room)}/state"

    def snapshot(self, room: str) -> str:
        """The snapshot of the room's last alarm, retained."""
        return f"{self.base}/{self.station}/rooms/{short_name(room)}/snapshot"

    def room_acknowledge(self, room: str) -> str:
        """Answers to all alarms of a room come in here."""
        return f"{self.base}/{self.station}/rooms/{short_name(room)}/acknowledge"


def short_name(name: str) -> str:
    """A name as part of a topic; different names stay different, whatever other names there are.

    Of all names with the same letters and digits, one is short: that which begins with a capital
    and has single spaces. All others, and what is cut short, end in a mark of their own.

    >>> short_name("Living room")
    'living-room'
    >>> short_name("living room")
    'living-room-4c1666c3'
    >>> short_name("Küche")
    'kuche-a9ec872e'
    """
    short = _letters(name)
    usual = short.replace("-", " ").capitalize()
    # What already looks like a name with its mark could be taken for that one.
    if short and name == usual and _MARKED.search(short) is None:
        return short
    return f"{short or 'room'}-{_mark(name)}"


def station_name(name: str, identity: str, room: str | None = None) -> str:
    """A station as part of a topic; of two of the same name, each has its own.

    Args:
        name: What people call it.
        identity: What no other computer has, such as `system.installation.installation_id`.
        room: The one room that it watches, where the computer has a station for each.

    >>> station_name("attic-pc", "3f0a9c2e77b1")
    'attic-pc-3f0a9c2e77b1'
    >>> station_name("attic-pc", "3f0a9c2e77b1", "Bath")
    'attic-pc-bath-1b4e390d-3f0a9c2e77b1'
    """
    if room is None:
        return f"{_letters(name) or 'station'}-{identity}"
    return f"{_letters(f'{name} {room}') or 'station'}-{_mark(room)}-{identity}"


def _letters(name: str) -> str:
    """The letters and digits of a name, with hyphens between."""
    plain = unicodedata.normalize("NFKD", name).encode("ascii", "ignore").decode().lower()
    return re.sub(r"[^a-z0-9]+", "-", plain).strip("-")[:_LONGEST].strip("-")


def _mark(name: str) -> str:
    return hashlib.sha256(name.encode(errors="surrogatepass")).hexdigest()[:_MARK_DIGITS]


def local_id(station: str, event_id: str) -> str:
    """What another station's alarm is called on this computer."""
    return f"{_REMOTE}{station}-{event_id}"


def is_remote(event_id: str) -> bool:
    """Whether an alarm on this computer is another station's."""
    return event_id.startswith(_REMOTE)


def remote_parts(event_id: str) -> tuple[str, str]:
    """Station and original id of another station's alarm.

    >>> remote_parts(local_id("ward-2", "3f0a"))
    ('ward-2', '3f0a')
    """
    station, _, original = event_id.removeprefix(_REMOTE).rpartition("-")
    return station, original
