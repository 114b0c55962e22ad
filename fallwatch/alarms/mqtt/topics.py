"""Topics and names at the broker. Pure."""

from __future__ import annotations

import hashlib
import re
import unicodedata
from dataclasses import dataclass

#: What the ids of other computers' alarms begin with here.
_REMOTE = "remote-"


@dataclass(frozen=True, slots=True)
class Topics:
    """The topics of one watching computer, its station.

    Attributes:
        base: What every topic begins with.
        station: The station's short name, see `short_name`.
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
        """The picture of the room's last alarm, retained."""
        return f"{self.base}/{self.station}/rooms/{short_name(room)}/snapshot"

    def room_acknowledge(self, room: str) -> str:
        """Answers to all alarms of a room come in here."""
        return f"{self.base}/{self.station}/rooms/{short_name(room)}/acknowledge"


def short_name(name: str) -> str:
    """A name as part of a topic; different names stay different.

    >>> short_name("Living room")
    'living-room'
    >>> short_name("Küche")
    'kuche-a9ec'
    """
    plain = unicodedata.normalize("NFKD", name).encode("ascii", "ignore").decode().lower()
    short = re.sub(r"[^a-z0-9]+", "-", plain).strip("-")[:40]
    if short == name.lower().replace(" ", "-"):
        return short
    mark = hashlib.sha256(name.encode(errors="surrogatepass")).hexdigest()[:4]
    return f"{short}-{mark}" if short else f"room-{mark}"


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
