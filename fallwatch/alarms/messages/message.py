"""A message about an alarm, and what sends it."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from fallwatch.core.types import Alarm


@dataclass(frozen=True, slots=True)
class AlarmMessage:
    """Words about an alarm, for somebody who is elsewhere.

    Attributes:
        title: What happened and where, in one line.
        body: When, why, and whether somebody has answered.
        alarm: The alarm; None for a test.
        snapshot: JPEG of the moment, as the room's privacy lets it be stored; None with words
            alone.
        answer_url: Where it can be acknowledged; empty for nowhere.
    """

    title: str
    body: str
    alarm: Alarm | None = None
    snapshot: Path | None = None
    answer_url: str = ""


class Messenger(Protocol):
    """One way to send messages. One thread at a time uses it; it may wait for a network.

    A new one is a file beside the others. What it needs is imported at first use.
    """

    @property
    def name(self) -> str:
        """What people call it: in lists, and in the record of what was delivered."""
        ...

    def wants(self, alarm: Alarm) -> bool:
        """Whether an alarm is to be told this way. Never waits."""
        ...

    def takes_snapshots(self) -> bool:
        """Whether snapshots can and shall be sent this way.

        Raises:
            fallwatch.core.protocols.ChannelError: See `send`.
        """
        ...

    def send(self, message: AlarmMessage) -> None:
        """Hand a message over; returns when the service has taken it.

        Raises:
            fallwatch.core.protocols.ChannelError: It has not. The message says why and what to do,
                without any secret.
        """
        ...

    def close(self) -> None:
        """Free what it holds. Safe to call twice."""
        ...
