"""Answer links: each acknowledges one alarm, once, for whoever got it in a message."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from fallwatch.events.store import EventStore
from fallwatch.events.times import utc_now, utc_text
from fallwatch.system.secrets.tokens import new_token, token_sha256

#: Where the page that answers lies below the web address.
LINK_PATH = "/acknowledge/"

# So many tokens are kept in memory, so that a message that is tried again has the same link.
_KEPT = 1000


@dataclass(frozen=True, slots=True)
class AnswerLink:
    """What a token stands for.

    Attributes:
        event_id: The one alarm that it acknowledges.
        recipient: Whom it was sent to.
        used_utc: When it was used; None if it was not.
    """

    event_id: str
    recipient: str
    used_utc: str | None


class AnswerLinks:
    """Tokens that acknowledge alarms. May be used from any thread and several processes.

    The record holds only their hashes: who reads it cannot acknowledge with it. A token goes with
    its event, and is worth nothing once that is closed; see `fallwatch.web.links`.

    Args:
        store: The record of events; all methods raise its ``StoreError``.
        now: Wall clock, with time zone.
    """

    def __init__(self, store: EventStore, now: Callable[[], datetime] = utc_now) -> None:
        self._store, self._now = store, now
        self._tokens: dict[tuple[str, str], str] = {}

    def token(self, event_id: str, recipient: str) -> str:
        """The token of a recipient for an alarm; a new one if the last one was used."""
        key = event_id, recipient
        known = self._tokens.get(key)
        if known is not None:
            link = self.find(known)
            if link is not None and link.used_utc is None:
                return known
        token = new_token()
        with self._store.transaction() as connection:
            connection.execute(
                "INSERT INTO answer_links (token_hash, event_id, recipient, made_utc) "
                "VALUES (?, ?, ?, ?)",
                (token_sha256(token), event_id, recipient, utc_text(self._now())),
            )
        if len(self._tokens) >= _KEPT:
            self._tokens.clear()
        self._tokens[key] = token
        return token

    def find(self, token: str) -> AnswerLink | None:
        """What a token stands for; None if there is none such."""
        with self._store.reading() as connection:
            row = connection.execute(
                "SELECT event_id, recipient, used_utc FROM answer_links WHERE token_hash = ?",
                (token_sha256(token),),
            ).fetchone()
        return None if row is None else AnswerLink(*row)

    def use(self, token: str) -> None:
        """A token has acknowledged its alarm, and never will again."""
        with self._store.transaction() as connection:
            connection.execute(
                "UPDATE answer_links SET used_utc = ? WHERE token_hash = ? AND used_utc IS NULL",
                (utc_text(self._now()), token_sha256(token)),
            )
