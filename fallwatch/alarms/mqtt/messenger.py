"""Each alarm once as a message at the broker, and its snapshot, through the outbox."""

from __future__ import annotations

from fallwatch.alarms.messages.message import AlarmMessage
from fallwatch.alarms.mqtt.documents import alarm_json
from fallwatch.alarms.mqtt.link import BrokerLink
from fallwatch.alarms.mqtt.topics import Topics, is_remote
from fallwatch.core.message import Message
from fallwatch.core.protocols import ChannelError
from fallwatch.core.types import Alarm


class MqttMessenger:
    """Publishes alarms for automations, and snapshots as the rooms' last ones.

    Args:
        link: The connection to the broker.
        topics: Of this station.
        snapshots: Whether snapshots shall be published.
        clips_too: Whether alarms of recorded clips are published.
    """

    name = "MQTT"

    def __init__(
        self, link: BrokerLink, topics: Topics, *, snapshots: bool, clips_too: bool
    ) -> None:
        self._link, self._topics = link, topics
        self._snapshots, self._clips_too = snapshots, clips_too

    def wants(self, alarm: Alarm) -> bool:
        """See `fallwatch.alarms.messages.message.Messenger.wants`."""
        return not is_remote(alarm.event_id) and (self._clips_too or not alarm.from_clip)

    def takes_snapshots(self) -> bool:
        """See `fallwatch.alarms.messages.message.Messenger.takes_snapshots`."""
        return self._snapshots

    def send(self, message: AlarmMessage) -> None:
        """See `fallwatch.alarms.messages.message.Messenger.send`."""
        if message.alarm is None:
            raise ChannelError(
                Message("Only alarms are published at the broker. Look at its own log.")
            )
        if message.snapshot is None:
            self._link.deliver(self._topics.events, alarm_json(message.alarm), retain=False)
            return
        try:
            snapshot = message.snapshot.read_bytes()
        except OSError as error:
            raise ChannelError(
                Message(
                    "The snapshot {0} cannot be read ({1}). It is tried again.",
                    (str(message.snapshot), str(error)),
                )
            ) from error
        self._link.deliver(self._topics.snapshot(message.alarm.camera), snapshot, retain=True)

    def close(self) -> None:
        """The link is ended by who made it."""
