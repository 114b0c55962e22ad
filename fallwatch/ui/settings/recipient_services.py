"""Ways to send word of an alarm, in plain words: what is entered, and the address it makes.

The addresses are Apprise's (https://appriseit.com). A further way is one more entry of `WAYS`.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from urllib.parse import quote, urlencode


@dataclass(frozen=True, slots=True)
class WayField:
    """One thing to enter.

    Attributes:
        key: Its name in the values.
        label: What it is called, in English; an ``&`` stands before the letter of its key.
        example: Shown in the empty field.
        secret: Whether it is not shown while it is typed.
        needed: Whether nothing can be sent without it.
        default: Entered from the start.
    """

    key: str
    label: str
    example: str = ""
    secret: bool = False
    needed: bool = True
    default: str = ""


@dataclass(frozen=True, slots=True)
class Way:
    """One kind of service.

    Attributes:
        title: What people choose, in English.
        hint: Where the entries come from, in English.
        fields: What is entered.
        address: Makes the Apprise address from the values.
    """

    title: str
    hint: str
    fields: tuple[WayField, ...]
    address: Callable[[Mapping[str, str]], str]


def _mail(values: Mapping[str, str]) -> str:
    sender = values["from"]
    login = {
        "user": values["user"] or sender,
        "pass": values["password"],
        "smtp": values["server"],
        "from": sender,
        "to": values["to"],
    }
    return f"mailtos://{quote(sender.rpartition('@')[2])}?{urlencode(login, quote_via=quote)}"


def _ntfy(values: Mapping[str, str]) -> str:
    return f"ntfys://{quote(values['server'], safe=':')}/{quote(values['topic'], safe='')}"


def _telegram(values: Mapping[str, str]) -> str:
    return f"tgram://{quote(values['token'], safe=':')}/{quote(values['chat'], safe='')}"


def _webhook(values: Mapping[str, str]) -> str:
    scheme, separator, rest = values["url"].partition("://")
    return f"{'json' if scheme == 'http' else 'jsons'}://{rest if separator else scheme}"


WAYS = (
    Way(
        "Mail",
        "The mail provider's help pages name the server for sending mail.",
        (
            WayField("to", "&To", "anna@example.org"),
            WayField("from", "&From", "fallwatch@example.org"),
            WayField("server", "Mail &server", "smtp.example.org"),
            WayField("user", "&User, if not the sender", needed=False),
            WayField("password", "&Password", secret=True),
        ),
        _mail,
    ),
    Way(
        "ntfy (an app for phones)",
        "Choose a topic nobody guesses, and subscribe to it in the app ntfy on the phone.",
        (
            WayField("topic", "&Topic", "anna-falls-x7k2p9", secret=True),
            WayField("server", "&Server", default="ntfy.sh"),
        ),
        _ntfy,
    ),
    Way(
        "Telegram",
        "Write to @BotFather in Telegram to get a bot and its token, and say something to the bot.",
        (
            WayField("token", "Bot &token", "123456789:ABC…", secret=True),
            WayField("chat", "&Chat number", "12315544"),
        ),
        _telegram,
    ),
    Way(
        "Web address (webhook)",
        "Each alarm is sent there as JSON.",
        (WayField("url", "&Address", "https://example.org/hook", secret=True),),
        _webhook,
    ),
    Way(
        "Another service",
        "More than a hundred others are possible; appriseit.com lists how addresses are written.",
        (WayField("url", "Apprise &address", "signal://…", secret=True),),
        lambda values: values["url"],
    ),
)
