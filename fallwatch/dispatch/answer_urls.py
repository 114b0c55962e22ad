"""Where recipients can acknowledge an alarm: a link of their own in each message."""

from __future__ import annotations

import logging

from fallwatch.alarms.lifecycle import is_unacknowledged
from fallwatch.core.types import Alarm
from fallwatch.dispatch.answer_links import LINK_PATH, AnswerLinks
from fallwatch.events.store import EventStore, StoreError
from fallwatch.settings import Settings

_log = logging.getLogger(__name__)


class AnswerUrls:
    """Makes the links, for people who are sent messages and with a web address in the settings.

    Args:
        settings: The web address, and who is sent messages.
        store: The record of events.
    """

    def __init__(self, settings: Settings, store: EventStore) -> None:
        self._address = settings.web.address.rstrip("/")
        self._people = {each.name for each in settings.messages}
        self._links = AnswerLinks(store)

    def __call__(self, recipient: str, alarm: Alarm) -> str:
        """The link; empty without an address, for services, and where there is nothing to answer.

        A record that cannot be written costs the link, and never the message.
        """
        if not self._address or recipient not in self._people or not is_unacknowledged(alarm):
            return ""
        try:
            return self._address + LINK_PATH + self._links.token(alarm.event_id, recipient)
        except StoreError as error:
            _log.error("A message to %s goes without its link: %s", recipient, error)
            return ""
