"""The connection to the broker: kept up for ever, on threads of its own."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol
from urllib.parse import urlsplit
from uuid import uuid4

from fallwatch.alarms.channels.channel_thread import guarded
from fallwatch.alarms.mqtt.topics import Topics
from fallwatch.core.message import Message, MessageError
from fallwatch.core.protocols import ChannelError
from fallwatch.settings import BrokerSettings

if TYPE_CHECKING:
    from paho.mqtt.client import Client

_log = logging.getLogger(__name__)

_PORT, _TLS_PORT = 1883, 8883

# The broker says "offline" of who has not been heard for one and a half times this.
_KEEPALIVE_S = 15
_CONNECT_TIMEOUT_S = 5.0
_RECONNECT_S = (1, 20)
_TAKEN_WITHIN_S = 10.0
_FAREWELL_S = 0.5
_TICK_S = 1.0

# What an unexpected failure is said to be a failure of.
_CONNECTION = Message("The connection to the broker")
_START = Message("The start of a connection to the broker")
_REPORT = Message("The report to the broker")
_FAREWELL = Message("The farewell to the broker")
_MESSAGE = Message("A message of the broker")

#: Topic, payload, and whether the broker had kept the message from earlier.
Handler = Callable[[str, bytes, bool], None]


class Attendant(Protocol):
    """Somebody who wants to hear from the link; all is called on the link's threads."""

    def subscriptions(self) -> dict[str, Handler]:
        """What to listen to: topic filters, and who is told."""
        ...

    def connected(self) -> None:
        """There is a new connection: all that is retained is to be said again."""
        ...

    def tick(self) -> None:
        """About a second has passed."""
        ...


class BrokerAddressError(MessageError):
    """It is no broker's address. The message says how addresses are written."""


@dataclass(frozen=True, slots=True)
class BrokerAddress:
    """Where a broker is."""

    host: str
    port: int
    encrypted: bool


def broker_address(address: str) -> BrokerAddress:
    """Read an address such as ``mqtts://broker.lan:8883``.

    Raises:
        BrokerAddressError: It is none.
    """
    refused = BrokerAddressError(
        Message(
            "{0} is no broker's address. Write it like mqtt://broker.lan:1883.", (repr(address),)
        )
    )
    try:
        parts = urlsplit(address)
        port = parts.port
    except ValueError as error:
        raise refused from error
    if parts.scheme not in ("mqtt", "mqtts") or not parts.hostname or parts.path not in ("", "/"):
        raise refused
    encrypted = parts.scheme == "mqtts"
    return BrokerAddress(parts.hostname, port or (_TLS_PORT if encrypted else _PORT), encrypted)


class BrokerLink:
    """One connection to the broker, with a last will.

    Args:
        settings: Which broker.
        password: Fetches the password; called on the link's thread.
        topics: Of this station.
    """

    def __init__(
        self, settings: BrokerSettings, password: Callable[[], str], topics: Topics
    ) -> None:
        self._settings, self._password, self._topics = settings, password, topics
        self._attendants: list[Attendant] = []
        self._handlers: dict[str, Handler] = {}
        self._client: Client | None = None
        self._connected = False
        self._is_new = self._refused = False
        self._problem = Message("The broker {0} has not answered yet.", (settings.address,))
        self._wake = threading.Event()
        self._stopping = threading.Event()
        self._thread = threading.Thread(target=self._run, name="fallwatch mqtt", daemon=True)

    @property
    def problem(self) -> Message | None:
        """Why there is no connection, in a sentence or two; None if there is one."""
        return None if self._connected else self._problem

    def attend(self, attendant: Attendant) -> None:
        """Have somebody hear from the link; before `start`."""
        self._attendants.append(attendant)

    def start(self) -> None:
        """Begin to connect. Never waits."""
        self._thread.start()

    def publish(self, topic: str, payload: str | bytes, *, retain: bool = True) -> None:
        """Say something; forgotten without a connection. Never waits; any thread.

        What must not be forgotten is said again after `Attendant.connected`.
        """
        client = self._client
        if client is not None and self._connected:
            client.publish(topic, payload, qos=1, retain=retain)

    def deliver(self, topic: str, payload: str | bytes, *, retain: bool) -> None:
        """Say something, and wait until the broker has taken it.

        Raises:
            ChannelError: It has not.
        """
        client = self._client
        if client is None or not self._connected:
            raise ChannelError(self._problem)
        info = client.publish(topic, payload, qos=1, retain=retain)
        try:
            info.wait_for_publish(_TAKEN_WITHIN_S)
        except (RuntimeError, ValueError) as error:
            raise ChannelError(
                Message("The broker was lost ({0}). It is tried again.", (str(error),))
            ) from error
        if not info.is_published():
            raise ChannelError(
                Message(
                    "The broker {0} did not take a message within {1} seconds. It is tried again; "
                    "check the broker.",
                    (self._settings.address, f"{_TAKEN_WITHIN_S:.0f}"),
                )
            )

    def stop(self, timeout_s: float = 1.0) -> list[str]:
        """Say farewell and disconnect.

        Returns:
            Name of the thread if it did not end in time; it is left behind.
        """
        self._stopping.set()
        self._wake.set()
        if self._thread.ident is None:
            return []
        self._thread.join(timeout_s)
        return [self._thread.name] if self._thread.is_alive() else []

    def _run(self) -> None:
        while not self._stopping.is_set() and self._client is None:
            problem = guarded(_CONNECTION, self._begin)
            if problem is not None:
                self._problem = problem
                self._tick()
                self._wake.wait(_RECONNECT_S[1])
        while not self._stopping.is_set():
            self._wake.clear()
            if self._connected and self._is_new:
                # Not in paho's own callback: after it, paho repeats what an earlier connection
                # left unsaid, which must not come behind what is said now.
                self._is_new = False
                for attendant in self._attendants:
                    guarded(_START, attendant.connected)
            self._tick()
            self._wake.wait(_TICK_S)
        if self._client is not None:
            self._end(self._client)

    def _tick(self) -> None:
        for attendant in self._attendants:
            guarded(_REPORT, attendant.tick)

    def _begin(self) -> None:
        """Make a client and let it connect, now and after every loss.

        Raises:
            ChannelError: Something of the settings cannot be used.
        """
        from fallwatch.alarms.mqtt.client import BrokerClient

        try:
            address = broker_address(self._settings.address)
        except BrokerAddressError as error:
            raise ChannelError(
                Message("{0} Then start fallwatch again.", (error.message,))
            ) from error
        client = BrokerClient(
            f"fallwatch-{self._topics.station}-{uuid4().hex}", self._settings.address
        )
        if self._settings.user:
            client.username_pw_set(self._settings.user, self._password())
        if address.encrypted:
            try:
                client.tls_set(ca_certs=self._settings.ca_file or None)
            except (OSError, ValueError) as error:
                raise ChannelError(
                    Message(
                        "The certificate file {0} of the broker cannot be used ({1}). Choose the "
                        "file of the authority that signed its certificate.",
                        (str(self._settings.ca_file), str(error)),
                    )
                ) from error
        client.will_set(self._topics.status, "offline", qos=1, retain=True)
        client.reconnect_delay_set(*_RECONNECT_S)
        client.connect_timeout = _CONNECT_TIMEOUT_S
        client.on_connect = self._on_connect
        client.on_connect_fail = self._on_connect_fail
        client.on_disconnect = self._on_disconnect
        client.on_message = self._on_message
        client.connect_async(address.host, address.port, keepalive=_KEEPALIVE_S)
        client.loop_start()
        self._client = client

    def _end(self, client: Client) -> None:
        if self._connected:
            info = client.publish(self._topics.status, "offline", qos=1, retain=True)
            guarded(_FAREWELL, lambda: info.wait_for_publish(_FAREWELL_S))
        client.disconnect()
        client.loop_stop()

    def _on_connect(
        self, client: Client, userdata: object, flags: object, reason: object, properties: object
    ) -> None:
        if getattr(reason, "is_failure", False):
            self._refused = True
            self._problem = Message(
                "The broker {0} refused the connection ({1}). Check user and password.",
                (self._settings.address, str(reason)),
            )
            return
        for attendant in self._attendants:
            for topic, handler in attendant.subscriptions().items():
                self._handlers[topic] = handler
                client.subscribe(topic, qos=1)
        self._connected = self._is_new = True
        self._wake.set()

    def _on_connect_fail(self, client: Client, userdata: object) -> None:
        from fallwatch.alarms.mqtt.client import BrokerClient

        assert isinstance(client, BrokerClient)
        self._problem = client.failure

    def _on_disconnect(
        self, client: Client, userdata: object, flags: object, reason: object, properties: object
    ) -> None:
        if self._connected:
            self._connected = False
            self._problem = Message(
                "The broker {0} was lost. It is tried again.", (self._settings.address,)
            )
        elif not self._refused:
            self._problem = Message(
                "The broker {0} ends the connection before it has said a word. It is tried again; "
                "check the address: a port for encryption needs mqtts, and one without mqtt.",
                (self._settings.address,),
            )
        self._refused = False

    def _on_message(self, client: Client, userdata: object, message: object) -> None:
        from paho.mqtt.client import MQTTMessage, topic_matches_sub

        assert isinstance(message, MQTTMessage)
        topic, payload, retained = message.topic, bytes(message.payload), bool(message.retain)
        for pattern, handler in self._handlers.items():
            if topic_matches_sub(pattern, topic):
                guarded(_MESSAGE, lambda: handler(topic, payload, retained))  # noqa: B023 - called at once
                return
