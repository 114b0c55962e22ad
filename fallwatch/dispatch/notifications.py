"""Notifications beyond this computer, built from settings: messages and the broker.

With nobody to be told and no broker in the settings, nothing here opens a connection.
"""

from __future__ import annotations

import os
import socket
from collections.abc import Callable
from functools import partial
from pathlib import Path

from fallwatch import paths
from fallwatch.alarms.messages.apprise_messenger import AppriseMessenger
from fallwatch.alarms.messages.message import Messenger
from fallwatch.alarms.mqtt.link import BrokerLink
from fallwatch.alarms.mqtt.messenger import MqttMessenger
from fallwatch.alarms.mqtt.publisher import Publisher
from fallwatch.alarms.mqtt.remote import RemoteAlarms
from fallwatch.alarms.mqtt.topics import Topics, station_name
from fallwatch.alarms.raising import THIS_COMPUTER
from fallwatch.core.message import Message
from fallwatch.core.protocols import AlarmChannel, ChannelError
from fallwatch.core.types import Alarm
from fallwatch.dispatch.alarm_dispatcher import AlarmDispatcher
from fallwatch.dispatch.answer_urls import AnswerUrls
from fallwatch.dispatch.message_channel import MessageChannels
from fallwatch.dispatch.policy import calling_chain
from fallwatch.events.store import EventStore
from fallwatch.pipeline.health.status import MonitorState, MonitorStatus
from fallwatch.recording.media import MediaFolder
from fallwatch.settings import BrokerSettings, MessageSettings, Settings
from fallwatch.system.installation import INSTALLATION_FILE, installation_id
from fallwatch.system.secrets.passwords import PasswordError, Passwords

#: Where the addresses of messages lie among the passwords: what stands for a camera's address.
MESSAGE_SECRETS = "fallwatch messages"

#: The broker's password, for computers that are set up without a person.
PASSWORD_VARIABLE = "FALLWATCH_MQTT_PASSWORD"

#: Kind of the technical alarm that another computer has the identity of this one.
STATION_CLASH = "station_clash"


def message_address(passwords: Passwords, name: str) -> str:
    """The address of somebody who is sent messages.

    Raises:
        ChannelError: It is not known.
    """
    address = _secret(lambda: passwords.get(MESSAGE_SECRETS, name))
    if not address:
        raise ChannelError(
            Message(
                "The address of {0} is not known on this computer. Enter it again with: "
                "fallwatch notify add",
                (name,),
            )
        )
    return address


def broker_password(passwords: Passwords, broker: BrokerSettings) -> str:
    """The broker's password; empty if there is none.

    Raises:
        ChannelError: It cannot be read.
    """
    given = os.environ.get(PASSWORD_VARIABLE)
    return given or _secret(lambda: passwords.get(broker.address, broker.user))


def apprise_messenger(passwords: Passwords, message: MessageSettings) -> AppriseMessenger:
    """What sends messages to somebody."""
    address = partial(message_address, passwords, message.name)
    return AppriseMessenger(message.name, address, snapshots=message.pictures)


class Notifications:
    """Messages, and this computer at the broker.

    Args:
        settings: Who is told, and which broker; others are taken up by others of this kind.
        store: The record of events.
        media: Where the snapshots of events lie.
        passwords: Where addresses and the broker's password lie.
        room: The one room that is watched, for a process that watches just one: several of them
            on one computer are then told apart at the broker.
        clips_too: Whether alarms of recorded clips are published at the broker.
        remote_rooms: Whether alarms of other computers are brought to this one.
        clock_is_right: Whether the wall clock can be believed, for how old messages are.
        visitor: Who is in a room for a care visit, which pauses its alarms; empty for nobody.
    """

    def __init__(
        self,
        settings: Settings,
        store: EventStore,
        media: MediaFolder,
        passwords: Passwords,
        *,
        room: str | None = None,
        clips_too: bool = False,
        remote_rooms: bool = False,
        clock_is_right: Callable[[], bool] = lambda: True,
        visitor: Callable[[str], str] = lambda room: "",
    ) -> None:
        broker = settings.broker
        self._dispatcher: AlarmDispatcher | None = None
        self._clips_too, self._remote_rooms = clips_too, remote_rooms
        self._visitor = visitor
        self._station = broker.station or socket.gethostname() or THIS_COMPUTER
        # Without a broker nothing is made and nothing is written.
        identity = installation_id(_identity_file()) if broker.address else "none"
        self._topics = Topics(broker.topic, station_name(self._station, identity, room))
        self._link: BrokerLink | None = None
        self._publisher: Publisher | None = None
        self._remote: RemoteAlarms | None = None
        messengers: list[Messenger] = [
            apprise_messenger(passwords, message) for message in settings.messages
        ]
        if broker.address:
            password = partial(broker_password, passwords, broker)
            self._link = BrokerLink(broker, password, self._topics)
            self._publisher = self._make_publisher(self._link, broker)
            messengers.append(
                MqttMessenger(
                    self._link, self._topics, snapshots=broker.pictures, clips_too=clips_too
                )
            )
        self._messages = MessageChannels(
            messengers,
            store,
            media,
            clock_is_right=clock_is_right,
            later=calling_chain(settings),
            answer_url=AnswerUrls(settings, store),
        )

    @property
    def channels(self) -> list[AlarmChannel]:
        """For the alarm dispatcher."""
        return list(self._messages.channels)

    def start(self, dispatcher: AlarmDispatcher) -> None:
        """Begin to connect and to send; never waits. The dispatcher has been started.

        Args:
            dispatcher: Where answers go, and alarms of other computers, and what does not work.
        """
        self._dispatcher = dispatcher
        self._messages.start(dispatcher)
        if self._link is None or self._publisher is None:
            return
        self._link.attend(self._publisher)
        if self._remote_rooms:
            self._remote = RemoteAlarms(self._link, self._topics, dispatcher, THIS_COMPUTER)
            self._link.attend(self._remote)
        self.on_alarms(dispatcher.open_alarms)
        self._link.start()

    def on_alarms(self, alarms: tuple[Alarm, ...]) -> None:
        """Told by the dispatcher which alarms are open; any thread. Never waits."""
        # Before the start they are not known: the record has not been read.
        if self._publisher is not None and self._dispatcher is not None:
            self._publisher.show_alarms(alarms)
        if self._remote is not None:
            self._remote.show_alarms(alarms)

    def on_status(self, status: MonitorStatus) -> None:
        """Told about once a second how each camera is; any thread. Never waits."""
        if self._publisher is not None:
            # Analysed, but too slowly or of the wrong place, is not watched.
            watched = status.state is MonitorState.RUNNING and not status.faults
            message = status.faults[0].message if status.faults else status.message
            by = self._visitor(status.camera) if watched else ""
            if by:
                watched = False
                message = Message("In the room: {0}. Alarms about people are paused here.", (by,))
            words = str(message) or status.state.value
            self._publisher.show_camera(status.camera, watched=watched, words=words)

    def stop(self, timeout_s: float = 1.0) -> list[str]:
        """Say farewell to the broker and end all threads.

        Returns:
            Names of the threads that did not end in time; they are left behind.
        """
        late = self._messages.stop(timeout_s / 2)
        if self._link is not None and self._publisher is not None:
            self._publisher.farewell()
            late += self._link.stop(timeout_s / 2)
        return late

    def _make_publisher(self, link: BrokerLink, broker: BrokerSettings) -> Publisher:
        return Publisher(
            link,
            self._topics,
            self._station,
            discovery_prefix=broker.discovery,
            # Without a login, whoever reaches the broker could answer alarms.
            acknowledge=self._acknowledge if broker.user else None,
            clips_too=self._clips_too,
            on_shared=self._on_shared,
        )

    def _on_shared(self, shared: bool) -> None:
        """Another computer speaks at the broker as this one, or does so no more."""
        if self._dispatcher is None:
            return
        if not shared:
            self._dispatcher.clear_technical(THIS_COMPUTER, STATION_CLASH)
            return
        words = Message(
            "Another fallwatch speaks at the broker with the identity of this one: the alarms of "
            "one can be lost among those of the other. On one of the two, end fallwatch, delete "
            "the file {0} and start it again; and start only one fallwatch for each home folder.",
            (str(_identity_file()),),
        )
        self._dispatcher.raise_technical(THIS_COMPUTER, STATION_CLASH, words)

    def _acknowledge(self, event_id: str, by: str) -> None:
        if self._dispatcher is not None:
            self._dispatcher.acknowledge(event_id, by)


def _secret(read: Callable[[], str]) -> str:
    try:
        return read()
    except PasswordError as error:
        raise ChannelError(error.message) from error


def _identity_file() -> Path:
    return paths.config_dir() / INSTALLATION_FILE
