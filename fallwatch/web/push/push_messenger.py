"""Notifications for one phone, encrypted so that its push service cannot read them (RFC 8291)."""

from __future__ import annotations

import hashlib
import json
from base64 import urlsafe_b64encode
from collections.abc import Callable
from datetime import datetime
from urllib.parse import urlsplit

from fallwatch.alarms.lifecycle import is_unacknowledged
from fallwatch.alarms.messages.message import AlarmMessage
from fallwatch.alarms.plain_evidence import in_plain_words
from fallwatch.core.message import Message
from fallwatch.core.protocols import ChannelError
from fallwatch.core.types import Alarm, Priority
from fallwatch.events.times import utc_now
from fallwatch.web.access.devices import Device
from fallwatch.web.access.subscription import Subscription, from_base64url
from fallwatch.web.push.outside import OwnNetworkError, outside_session
from fallwatch.web.push.server_key import ServerKey
from fallwatch.web.translations import say_in
from fallwatch.web.wording import became_of, clock, headline_of, room_of

#: A phone that is switched off for longer gets no notification any more, in seconds: by then the
#: delivery worker, too, has dropped it.
_KEPT_S = 24 * 3600

# Seconds to connect, and from one piece of the answer to the next; and for all of it.
_TIMEOUTS_S = (5.0, 10.0)
_WHOLE_S = 15.0

# Services take 4096 bytes encrypted; reasons of this length fit in any script.
_MAX_BODY_CHARS = 800

_GONE = (404, 410)


class SubscriptionGoneError(ChannelError):
    """The push service no longer knows the subscription, and never will again."""


class PushMessenger:
    """Notifies one device. The words are those of the page, in the phone's language.

    Args:
        name: What the recipient is called.
        device: Has a subscription.
        key: This computer's.
        on_gone: Called when the push service no longer knows the subscription.
    """

    def __init__(
        self,
        name: str,
        device: Device,
        key: ServerKey,
        on_gone: Callable[[], None] = lambda: None,
    ) -> None:
        if device.push is None:
            raise ValueError(f"{device.name} wants no notifications")
        self._name, self._push, self._key, self._on_gone = name, device.push, key, on_gone

    @property
    def name(self) -> str:
        """See `fallwatch.alarms.messages.message.Messenger.name`."""
        return self._name

    def wants(self, alarm: Alarm) -> bool:
        """Alarms of recorded clips are nothing to call people for who are elsewhere."""
        return not alarm.from_clip

    def takes_snapshots(self) -> bool:
        """No snapshot fits, and none has to leave the house: the notification opens the page."""
        return False

    def send(self, message: AlarmMessage) -> None:
        """See `fallwatch.alarms.messages.message.Messenger.send`."""
        alarm = message.alarm
        content = trial_content(self._push.language)
        if alarm is not None:
            content = alarm_content(alarm, self._push.language, utc_now().astimezone())
        headers = {
            "TTL": str(_KEPT_S),
            "Urgency": "normal" if alarm and alarm.priority is not Priority.HIGH else "high",
            # What has not reached the phone yet is replaced by what is newer about the same alarm.
            "Topic": _topic(content["id"]),
        }
        try:
            status = _post(self._push, self._key, json.dumps(content).encode(), headers)
        except SubscriptionGoneError:
            self._on_gone()
            raise
        if status >= 300:
            raise ChannelError(
                Message(
                    "The notification for {0} was not taken by {1}: it answered with the error "
                    "{2}. Check this computer's clock; if it stays so, switch notifications off "
                    "and on again on the phone.",
                    (self._name, _service_of(self._push), status),
                )
            )

    def close(self) -> None:
        """There is nothing to free: each notification has a connection of its own."""


def alarm_content(alarm: Alarm, language: str, now: datetime) -> dict[str, str]:
    """Content of the notification about an alarm, for the page's service worker.

    Args:
        alarm: As it is now.
        language: See `fallwatch.web.translations.LANGUAGES`.
        now: The present, in the time zone of the house.
    """
    say = say_in(language)
    became = became_of(alarm)
    lines = [say(Message("At {0}.", (clock(alarm.started_utc, now),)))]
    if became is not None:
        lines.append(say(became))
    if is_unacknowledged(alarm):
        lines += [say(line) for line in in_plain_words(alarm.evidence)]
    return {
        "id": alarm.event_id,
        "title": f"{say(headline_of(alarm))} – {say(room_of(alarm))}",
        "body": "\n".join(lines)[:_MAX_BODY_CHARS],
        "since_utc": alarm.started_utc,
        "urgency": "waits" if is_unacknowledged(alarm) else "over",
        "language": language,
    }


def trial_content(language: str) -> dict[str, str]:
    """Content of the notification that only shows that they arrive."""
    say = say_in(language)
    return {
        "id": "",
        "title": say(Message("fallwatch: a test")),
        "body": say(Message("Nothing has happened. Alarms reach this phone.")),
        "since_utc": "",
        "urgency": "over",
        "language": language,
    }


def _post(push: Subscription, key: ServerKey, content: bytes, headers: dict[str, str]) -> int:
    """Hand a notification over; the status that the service answers with.

    Raises:
        SubscriptionGoneError: See there.
        ChannelError: The service cannot be reached, or the key not be read.
    """
    import http_ece
    import requests
    from cryptography.hazmat.primitives.asymmetric import ec

    try:
        headers |= {"Content-Encoding": "aes128gcm", **key.headers(push.endpoint)}
        body: bytes = http_ece.encrypt(
            content,
            private_key=ec.generate_private_key(ec.SECP256R1()),
            dh=from_base64url(push.p256dh),
            auth_secret=from_base64url(push.auth),
        )
        # Its answer is not read, and nobody is followed to another address.
        with (
            outside_session(_WHOLE_S) as session,
            session.post(
                push.endpoint,
                body,
                headers=headers,
                timeout=_TIMEOUTS_S,
                allow_redirects=False,
                stream=True,
            ) as answer,
        ):
            status = int(answer.status_code)
    except OwnNetworkError as error:
        raise ChannelError(
            Message(
                "The push service {0} lies in the own network: nothing is sent there. Switch "
                "notifications off and on again on the phone.",
                (_service_of(push),),
            )
        ) from error
    except requests.RequestException as error:
        # Its words hold the endpoint, which only the phone and its service may know.
        raise ChannelError(
            Message(
                "The push service {0} cannot be reached. Check this computer's internet "
                "connection.",
                (_service_of(push),),
            )
        ) from error
    except (OSError, ValueError, http_ece.ECEException) as error:
        raise ChannelError(
            Message("No notification can be encrypted ({0}).", (str(error),))
        ) from error
    if status in _GONE:
        raise SubscriptionGoneError(
            Message("The push service {0} knows the phone no more.", (_service_of(push),))
        )
    return status


def _service_of(push: Subscription) -> str:
    return urlsplit(push.endpoint).hostname or "?"


def _topic(event_id: str) -> str:
    """At most 32 letters of base64url (RFC 8030, section 5.4)."""
    return urlsafe_b64encode(hashlib.sha256(event_id.encode()).digest())[:32].decode()
