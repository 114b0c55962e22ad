"""Phones as recipients: each that wants notifications has a delivery worker of its own."""

from __future__ import annotations

import logging
import time
from functools import partial

from fallwatch.alarms.messages.wording import trial_message
from fallwatch.core.message import Message
from fallwatch.core.protocols import ChannelError
from fallwatch.core.types import Alarm
from fallwatch.dispatch.message_channel import MESSAGES_WAITING, MessageChannels
from fallwatch.events.outbox import Outbox
from fallwatch.events.store import StoreError
from fallwatch.runtime.alarm_services import AlarmServices
from fallwatch.web.access.devices import Device, Devices
from fallwatch.web.access.subscription import Subscription
from fallwatch.web.push.push_messenger import PushMessenger
from fallwatch.web.push.server_key import ServerKey

_log = logging.getLogger(__name__)

#: Kind of the technical alarm that a phone, though it wants notifications, gets none any more.
PUSH_ENDED = "push_ended"


class PushRecipients:
    """The phones that want notifications. `follow` and `stop` on one thread; the rest on any.

    Args:
        services: Raise the alarms, and keep what is to be sent.
        devices: Who is let in, with their subscriptions.
        key: This computer's.
    """

    def __init__(self, services: AlarmServices, devices: Devices, key: ServerKey) -> None:
        self._services, self._devices, self.key = services, devices, key
        # The tuple of each device is replaced as a whole; other threads only look through them.
        self._running: dict[str, tuple[Subscription, str, MessageChannels]] = {}
        self._key_problem: Message | None = None
        services.attend(self._on_alarms)

    @property
    def problem(self) -> Message | None:
        """Why no phone can be notified, as it was found last; None if nothing is wrong."""
        return self._key_problem

    def follow(self) -> None:
        """Notify whoever wants it now, and nobody else."""
        if self._key_problem is not None:
            self._look_at_key()
        wanted = {each.device_id: each for each in self._devices.all() if each.push is not None}
        for device_id, (push, name, channels) in tuple(self._running.items()):
            now = wanted.get(device_id)
            if now is None or now.push != push:
                self._end(device_id, channels)
                if now is None:
                    self._forget(name)
        for device_id, device in wanted.items():
            if device_id not in self._running:
                self._begin(device)

    def stop(self, timeout_s: float = 1.0) -> None:
        """Notify nobody; what waits is sent when that begins again."""
        until_s = time.monotonic() + timeout_s
        running = tuple(self._running.items())
        for _, (_, _, channels) in running:
            channels.stop(0.0)  # all at once: they share the time
        for device_id, (_, _, channels) in running:
            self._end(device_id, channels, max(0.0, until_s - time.monotonic()))

    def send_trial(self, device: Device) -> None:
        """Send a notification that only shows that they arrive.

        Raises:
            fallwatch.core.protocols.ChannelError: It did not arrive at the push service.
        """
        if device.push is None:
            raise ChannelError(Message("Notifications are off on this phone."))
        name = recipient_name(device)
        messenger = PushMessenger(name, device, self.key, partial(self._on_gone, device))
        messenger.send(trial_message(name))

    def _begin(self, device: Device) -> None:
        assert device.push is not None
        name, services = recipient_name(device), self._services
        channels = MessageChannels(
            [PushMessenger(name, device, self.key, partial(self._on_gone, device))],
            services.store,
            services.media,
            clock_is_right=services.clock.is_plausible,
            tell_ends=True,
        )
        self._running[device.device_id] = device.push, name, channels
        services.dispatcher.replace_channels([], channels.channels)
        channels.start(services.dispatcher)
        services.dispatcher.clear_technical(name, PUSH_ENDED)
        self._look_at_key()

    def _look_at_key(self) -> None:
        """If the key is lost, that is told now, not at the next fall."""
        try:
            self.key.public()
            self._key_problem = None
        except (OSError, ModuleNotFoundError) as error:
            problem = Message(
                "No phone can be notified: the key of this computer's notifications cannot be "
                "used ({0}). Make the file readable and its folder writable.",
                (str(error),),
            )
            if problem != self._key_problem:
                _log.error("%s", problem)
            self._key_problem = problem

    def _end(self, device_id: str, channels: MessageChannels, timeout_s: float = 1.0) -> None:
        del self._running[device_id]
        self._services.dispatcher.replace_channels(channels.channels, [])
        for thread in channels.stop(timeout_s):
            _log.warning("%s did not end in time.", thread)

    def _forget(self, name: str) -> None:
        self._services.dispatcher.clear_technical(name, MESSAGES_WAITING)
        try:
            Outbox(self._services.store).drop_all(
                name, Message("{0} wants no notifications any more.", (name,))
            )
        except StoreError as error:
            _log.error("What was to be sent to %s stays in the record: %s", name, error)

    def _on_gone(self, device: Device) -> None:
        """The push service knows the phone no more; `follow` sees that it has no subscription."""
        now = next((d for d in self._devices.all() if d.device_id == device.device_id), None)
        if now is None or now.push != device.push:
            return
        try:
            self._devices.subscribe(device.device_id, None)
        except OSError as error:
            _log.error("The subscription of %s cannot be deleted: %s", device.name, error)
            return
        name = recipient_name(device)
        self._services.dispatcher.raise_technical(
            name,
            PUSH_ENDED,
            Message(
                "{0} gets no notifications any more: its browser has ended them. Open the page on "
                "the phone and switch them on again.",
                (name,),
            ),
        )

    def _on_alarms(self, alarms: tuple[Alarm, ...]) -> None:
        for _, _, channels in tuple(self._running.values()):
            channels.look()


def recipient_name(device: Device) -> str:
    """What a phone is called among the recipients; no two have the same."""
    return f"{device.name} ({device.device_id})"
