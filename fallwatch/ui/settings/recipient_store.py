"""Addresses of recipients for the settings page: test, keep, forget. It may wait."""

from __future__ import annotations

from fallwatch.alarms.messages.apprise_messenger import AppriseMessenger
from fallwatch.alarms.messages.wording import trial_message
from fallwatch.core.message import Message
from fallwatch.dispatch.notifications import MESSAGE_SECRETS, apprise_messenger
from fallwatch.events.outbox import Outbox
from fallwatch.events.store import EventStore
from fallwatch.settings import MessageSettings
from fallwatch.system.secrets.passwords import Passwords


class RecipientStore:
    """Addresses of those who are told; not for the window's thread.

    Args:
        passwords: Where addresses lie.
        store: The record, which also holds what is still to be sent.
    """

    def __init__(self, passwords: Passwords, store: EventStore) -> None:
        self._passwords = passwords
        self._outbox = Outbox(store)

    def try_out(self, message: MessageSettings, address: str) -> None:
        """Send a test message.

        Args:
            message: To whom.
            address: Their Apprise address; empty for the one that is kept.

        Raises:
            fallwatch.core.protocols.ChannelError: The service has not taken it.
        """
        messenger = apprise_messenger(self._passwords, message)
        if address:
            messenger = AppriseMessenger(message.name, lambda: address, snapshots=message.pictures)
        messenger.send(trial_message(message.name))

    def keep(self, name: str, address: str) -> Message | None:
        """Keep an address for later runs.

        Returns:
            None, or a sentence for people about where it lies.

        Raises:
            fallwatch.system.secrets.passwords.PasswordError: It could not be kept.
        """
        return self._passwords.store(MESSAGE_SECRETS, name, address)

    def forget(self, name: str) -> None:
        """Forget an address, and what was still to be sent to it.

        Raises:
            fallwatch.system.secrets.passwords.PasswordError: It could not be deleted.
            fallwatch.events.store.StoreError: The record could not be written.
        """
        self._outbox.drop_all(name, Message("{0} was removed.", (name,)))
        self._passwords.store(MESSAGE_SECRETS, name, "")
