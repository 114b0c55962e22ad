"""Recipients of notifications: adding, testing and removing them, and the broker."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

from pydantic import ValidationError

from fallwatch import paths
from fallwatch.alarms.messages.apprise_messenger import AppriseMessenger
from fallwatch.alarms.messages.wording import trial_message
from fallwatch.alarms.mqtt.link import BrokerAddressError, broker_address
from fallwatch.core.message import Message
from fallwatch.core.protocols import ChannelError
from fallwatch.dispatch.notifications import MESSAGE_SECRETS, apprise_messenger
from fallwatch.events.outbox import Delivery, LetterState, Outbox, Part
from fallwatch.settings import (
    MAX_MESSAGES,
    OTHER_CHANNELS,
    SETTINGS_FILE,
    BrokerSettings,
    MessageSettings,
    Settings,
    SettingsError,
    load_settings,
    update_settings,
)
from fallwatch.system.secrets.passwords import PasswordError, Passwords, split_login


class NotifyError(Exception):
    """It cannot be done. The message says why and what to do."""


class Notify:
    """The settings of who is told, with the secrets that go with them.

    Args:
        passwords: Where addresses and the broker's password lie.
        path: The settings file.
    """

    def __init__(self, passwords: Passwords | None = None, path: Path | None = None) -> None:
        self._passwords = passwords or Passwords()
        self._path = path or paths.config_dir() / SETTINGS_FILE

    @property
    def settings(self) -> Settings:
        """The settings as they are in the file."""
        return load_settings(self._path)[0]

    def add(
        self, name: str, address: str, *, step: int, pictures: bool, after_s: float = 0.0
    ) -> list[str]:
        """Have somebody told.

        Args:
            name: What they are called.
            address: Apprise address; it is kept among the passwords.
            step: 1 or 2, see `MessageSettings`.
            pictures: Whether snapshots are sent, too.
            after_s: Told once an alarm has been unacknowledged for so many seconds; 0 for the
                time that holds for all.

        Returns:
            Sentences for people: the service, and where the address lies if not in a keyring.

        Raises:
            NotifyError: The name is taken or the address is none.
        """
        settings = self.settings
        taken = {each.name for each in settings.messages}
        if name in taken or name in OTHER_CHANNELS:
            raise NotifyError(f"{name} is there already. Choose another name, or remove it first.")
        if len(taken) >= MAX_MESSAGES:
            raise NotifyError(f"There are {MAX_MESSAGES} already. Remove one first.")
        try:
            service = AppriseMessenger(name, lambda: address).service_name
            message = MessageSettings(
                name=name, service=service, step=step, after_s=after_s, pictures=pictures
            )
            kept = self._passwords.store(MESSAGE_SECRETS, name, address)
        except ChannelError as error:
            raise NotifyError(str(error)) from error
        except ValidationError as error:
            raise NotifyError(f"{name!r} cannot be a name: use 1 to 60 characters.") from error
        except PasswordError as error:
            raise NotifyError(str(error)) from error
        self._save(settings, messages=(*settings.messages, message))
        words = [f"{name} is told by {service}. It counts at once."]
        return words if kept is None else [*words, str(kept)]

    def remove(self, name: str, outbox: Outbox) -> int:
        """Have somebody told no more.

        Returns:
            How many messages were still to be sent to them, and are not any more.

        Raises:
            NotifyError: There is nobody of this name.
        """
        settings = self.settings
        self._find(settings, name)
        self._save(settings, messages=tuple(m for m in settings.messages if m.name != name))
        try:
            self._passwords.store(MESSAGE_SECRETS, name, "")
        except PasswordError as error:
            raise NotifyError(f"{name} is removed. The address is still kept: {error}") from error
        return outbox.drop_all(name, Message("{0} was removed.", (name,)))

    def send_trial(self, name: str) -> None:
        """Send a test message now.

        Raises:
            NotifyError: There is nobody of this name.
            ChannelError: It did not arrive at the service.
        """
        message = self._find(self.settings, name)
        apprise_messenger(self._passwords, message).send(trial_message(name))

    def set_broker(self, url: str, password: str) -> list[str]:
        """Use a broker from now on; an empty ``url`` for none.

        Raises:
            NotifyError: It is no broker's address.
        """
        settings = self.settings
        broker = broker_with(settings.broker, url)
        kept = None
        if broker.user:
            try:
                kept = self._passwords.store(broker.address, broker.user, password)
            except PasswordError as error:
                raise NotifyError(str(error)) from error
        self._save(settings, broker=broker)
        return [str(kept)] if kept else []

    def _find(self, settings: Settings, name: str) -> MessageSettings:
        for message in settings.messages:
            if message.name == name:
                return message
        raise NotifyError(f"Nobody is called {name}. See: fallwatch notify list")

    def _save(self, settings: Settings, **changes: object) -> None:
        try:
            update_settings(self._path, settings, settings.model_copy(update=changes))
        except SettingsError as error:
            raise NotifyError(str(error)) from error


def broker_with(broker: BrokerSettings, url: str) -> BrokerSettings:
    """The broker's settings with another address and user; an empty ``url`` for none.

    Raises:
        NotifyError: It is no broker's address, or holds a password.
    """
    address, user, password = split_login(url)
    if password:
        raise NotifyError(
            "Leave the password out of the address: everybody on this computer could read it in "
            "the list of processes. Give it to fallwatch notify broker, or in the variable "
            "FALLWATCH_MQTT_PASSWORD."
        )
    try:
        if address:
            broker_address(address)
        changes = {"address": address, "user": user}
        return BrokerSettings.model_validate(broker.model_dump() | changes)
    except ValidationError as error:
        raise NotifyError(
            "That is no broker's address. Write it like mqtt://broker.lan."
        ) from error
    except BrokerAddressError as error:
        raise NotifyError(str(error)) from error


def delivery_words(deliveries: Iterable[Delivery]) -> str:
    """What became of an event's messages, in a few words for each channel."""
    words = []
    for each in deliveries:
        if each.letter.part is not Part.TEXT and each.state is not LetterState.WAITING:
            continue
        what = _WORDS[each.state] if each.letter.part is Part.TEXT else _WAITS[each.letter.part]
        words.append(f"{each.letter.channel}: {what}")
    return ", ".join(words)


_WAITS = {Part.PICTURE: "snapshot waits", Part.END: "word of its end waits"}

_WORDS = {
    LetterState.WAITING: "waits",
    LetterState.DELIVERED: "delivered",
    LetterState.DROPPED: "not delivered",
}
