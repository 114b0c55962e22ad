"""Messages through Apprise: mail, ntfy, Telegram, Signal, webhooks and a hundred other services."""

from __future__ import annotations

import logging
import re
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from types import ModuleType
from typing import TYPE_CHECKING
from urllib.parse import quote

from fallwatch.alarms.messages.message import AlarmMessage
from fallwatch.core.message import Message
from fallwatch.core.protocols import ChannelError
from fallwatch.core.types import Alarm

if TYPE_CHECKING:
    from apprise import NotifyBase

#: Apprise says why something failed in its log alone, and there with addresses and tokens in it.
_APPRISE_LOG = logging.getLogger("apprise")

#: Most services take this; Apprise's own 5.5 s would keep back what waited while one was away.
_SPACING_S = 1.0

#: What Apprise calls the service whose messages have buttons.
_NTFY = "ntfy"

_STATUS = re.compile(r"error=(\d{3})\b")

_REFUSED = Message("it refused the login. Enter the address with the right password or token")

_MOVED = Message("it has moved, and words do not arrive at the old address. Enter the new one")

_REMEDIES = {
    401: _REFUSED,
    403: _REFUSED,
    404: Message("it does not know the recipient. Check the address"),
    413: Message("the message is too large for it. Send no snapshots this way"),
    429: Message("it takes no more messages for now. Wait a while"),
}


class AppriseMessenger:
    """Sends messages to one Apprise address.

    The address holds passwords: it is fetched when it is needed, and neither it nor anything
    Apprise says of it goes into logs or errors.

    Args:
        name: What people call it.
        address: Fetches the Apprise address, such as ``mailtos://user:password@example.org``.
        snapshots: Whether snapshots shall be sent, where the service takes them.
    """

    def __init__(self, name: str, address: Callable[[], str], *, snapshots: bool = True) -> None:
        self._name = name
        self._address = address
        self._snapshots = snapshots
        self._service: NotifyBase | None = None

    @property
    def name(self) -> str:
        """See `fallwatch.alarms.messages.message.Messenger.name`."""
        return self._name

    @property
    def service_name(self) -> str:
        """What the service is called.

        Raises:
            ChannelError: The address cannot be used.
        """
        return str(self._opened().service_name)

    def wants(self, alarm: Alarm) -> bool:
        """Alarms of recorded clips are nothing to call people for who are elsewhere."""
        return not alarm.from_clip

    def takes_snapshots(self) -> bool:
        """See `fallwatch.alarms.messages.message.Messenger.takes_snapshots`."""
        return self._snapshots and bool(self._opened().attachment_support)

    def send(self, message: AlarmMessage) -> None:
        """See `fallwatch.alarms.messages.message.Messenger.send`."""
        service = self._opened()
        apprise = _load()
        if message.answer_url and str(service.service_name) == _NTFY:
            service = self._with_button(message.answer_url)
        from fallwatch.alarms.messages import web_answers

        attached = None
        if message.snapshot is not None and service.attachment_support:
            attached = apprise.AppriseAttachment(str(message.snapshot))
        web_answers.moved_to()  # Of an earlier message.
        with _overheard() as words:
            taken = service.notify(
                title=message.title,
                body=message.body,
                notify_type=apprise.NotifyType.WARNING,
                attach=attached,
            )
        moved = web_answers.moved_to()
        if not taken or moved is not None:
            reason = _reason(words) if moved is None else _moved(moved)
            raise ChannelError(
                Message(
                    "The message to {0} was not taken by {1}: {2}.",
                    (self._name, str(service.service_name), reason),
                )
            )

    def close(self) -> None:
        """There is nothing to free: each message has a connection of its own."""
        self._service = None

    def _opened(self) -> NotifyBase:
        if self._service is None:
            self._service = self._open(self._address())
        return self._service

    def _with_button(self, answer_url: str) -> NotifyBase:
        """The service with a button below the message; Apprise takes it in the address alone."""
        address = self._address()
        button = quote(f"view, Acknowledge, {answer_url}, clear=true", safe="")
        return self._open(f"{address}{'&' if '?' in address else '?'}actions={button}")

    def _open(self, address: str) -> NotifyBase:
        apprise = _load()
        # Nothing is kept on disk, and nothing is sent from threads we do not know.
        # Apprise's own images lie on a public server, which would hear of each alarm.
        asset = apprise.AppriseAsset(
            app_id="fallwatch",
            app_desc="fallwatch",
            async_mode=False,
            storage_mode="memory",
            image_url_mask="",
            image_url_logo="",
        )
        with _overheard():
            service: NotifyBase | None = apprise.Apprise.instantiate(
                address, asset=asset, suppress_exceptions=True
            )
        if service is None:
            raise ChannelError(
                Message(
                    "The address of {0} is none that fallwatch can send to. Enter it again; "
                    "https://appriseit.com lists how addresses are written.",
                    (self._name,),
                )
            )
        # The name is Apprise's: these are the seconds from one request to the next.
        service.request_rate_per_sec = min(service.request_rate_per_sec, _SPACING_S)
        return service


def _load() -> ModuleType:
    """Apprise, imported at first use, with its log kept to ourselves."""
    import apprise

    from fallwatch.alarms.messages.mail_answers import bound_mail_answers
    from fallwatch.alarms.messages.web_answers import bound_answers

    bound_answers()
    bound_mail_answers()
    _APPRISE_LOG.propagate = False
    _APPRISE_LOG.setLevel(logging.WARNING)  # Whatever ours is: it is our only news of a failure.
    if not _APPRISE_LOG.handlers:
        _APPRISE_LOG.addHandler(logging.NullHandler())
    # It logs the paths of what it fetches, and in many services' addresses these are the secret.
    logging.getLogger("urllib3").setLevel(logging.ERROR)
    return apprise


class _Ear(logging.Handler):
    """Remembers what is logged on one thread."""

    def __init__(self) -> None:
        super().__init__(logging.WARNING)
        self.words: list[str] = []
        self._thread = threading.get_ident()

    def emit(self, record: logging.LogRecord) -> None:
        if record.thread == self._thread:
            self.words.append(record.getMessage())


@contextmanager
def _overheard() -> Iterator[list[str]]:
    ear = _Ear()
    _APPRISE_LOG.addHandler(ear)
    try:
        yield ear.words
    finally:
        _APPRISE_LOG.removeHandler(ear)


def _moved(host: str) -> Message:
    return Message(
        "it has moved to {0}, and words do not arrive at the old address. Enter the new one",
        (host,),
    )


def _reason(words: list[str]) -> Message:
    """Why, without repeating anything that may hold a secret."""
    text = " ".join(words)
    found = _STATUS.search(text)
    if found is not None:
        status = int(found[1])
        if 300 <= status < 400:
            return _MOVED
        return _REMEDIES.get(
            status, Message("it answered with the error {0}. Check the service", (status,))
        )
    if "onnection error" in text:
        return Message(
            "it cannot be reached, or refused the login. Check the network and the address"
        )
    return Message("it gave no reason. Check the address and the service")
