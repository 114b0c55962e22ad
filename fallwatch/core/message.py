"""Sentences for people as values: an English template and what stands in its places.

The parts behind the window say everything in this form, so that the window can say it in its own
language, and the record in the language of the day it is read.
"""

from __future__ import annotations

import math
import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Union

from fallwatch.core.text import clean_text

#: What may stand in a place: text as it is, a number, or a sentence that is translated itself.
Argument = Union[str, int, float, "Message"]

#: Bounds on what `from_json` takes, for it may come from a network or from a damaged disk.
MAX_DEPTH = 4
MAX_ARGUMENTS = 10
MAX_CHARACTERS = 5000
_MAX_WHOLE_NUMBER = 2**63

_PLACE = re.compile(r"\{([0-9])\}")


@dataclass(frozen=True, slots=True)
class Message:
    """A sentence for people.

    Attributes:
        template: In English; ``{0}``, ``{1}`` up to ``{9}`` are places.
        arguments: What stands in the places. A place without an argument stays as it is.
    """

    template: str
    arguments: tuple[Argument, ...] = ()

    def __str__(self) -> str:
        """The sentence in English."""
        return fill(self.template, [str(each) for each in self.arguments])

    def __bool__(self) -> bool:
        """False for the empty message, which says nothing."""
        return bool(self.template)


#: Says nothing.
NO_MESSAGE = Message("")


class MessageError(Exception):
    """An error whose message is shown to people.

    Args:
        message: What happened and what to do; a text that is not ours is shown as it is.
    """

    def __init__(self, message: Message | str = NO_MESSAGE) -> None:
        self.message = plain(message) if isinstance(message, str) else message
        super().__init__(self.message)


def plain(text: str) -> Message:
    """A text that is not ours, such as a system's error: it is the same in every language."""
    return Message("{0}", (text,)) if text else NO_MESSAGE


def message_of(error: BaseException) -> Message:
    """What an error says; the name of its kind if it says nothing.

    >>> str(message_of(TimeoutError()))
    'TimeoutError'
    """
    if isinstance(error, MessageError) and error.message:
        return error.message
    return plain(str(error) or type(error).__name__)


def joined(messages: Sequence[Message]) -> Message:
    """Several sentences as one message, in order."""
    if len(messages) > MAX_ARGUMENTS:
        rest = joined(messages[MAX_ARGUMENTS - 1 :])
        return joined([*messages[: MAX_ARGUMENTS - 1], rest])
    places = " ".join(f"{{{number}}}" for number in range(len(messages)))
    return Message(places, tuple(messages))


def fill(template: str, arguments: Sequence[str]) -> str:
    """Put arguments into a template.

    Unlike ``str.format`` it knows no attributes or formats: a template may be anybody's.

    >>> fill("{0} of {1} {2} {0.__class__}", ["a", "{0}"])
    'a of {0} {2} {0.__class__}'
    """

    def argument(place: re.Match[str]) -> str:
        number = int(place[1])
        return arguments[number] if number < len(arguments) else place[0]

    return _PLACE.sub(argument, template)


def to_json(message: Message | str) -> dict[str, Any]:
    """A message, or a text that is not ours, as what JSON can hold; `from_json` always takes it.

    Too long texts are cut, and sentences nested too deep become plain English.
    """
    return _to_json(plain(message) if isinstance(message, str) else message, MAX_DEPTH)


def from_json(value: object) -> Message:
    """A message from what `to_json` made, or from a text, which is shown as it is.

    Raises:
        ValueError: It is neither.
    """
    return plain(value) if isinstance(value, str) else _from_json(value, MAX_DEPTH)


def _to_json(message: Message, depth: int) -> dict[str, Any]:
    return {
        "template": _writable(message.template),
        "arguments": [
            _argument_to_json(each, depth - 1) for each in message.arguments[:MAX_ARGUMENTS]
        ],
    }


def _argument_to_json(argument: Argument, depth: int) -> object:
    if isinstance(argument, Message) and depth > 0:
        return _to_json(argument, depth)
    return argument if _is_number(argument) else _writable(str(argument))


def _writable(text: str) -> str:
    """What files and networks take: no halves of letters, as names of files may hold."""
    return clean_text(text[:MAX_CHARACTERS])


def _from_json(value: object, depth: int) -> Message:
    if not isinstance(value, dict):
        raise ValueError("a message must be a text or an object")
    template, arguments = value.get("template"), value.get("arguments", [])
    if not isinstance(arguments, list) or len(arguments) > MAX_ARGUMENTS:
        raise ValueError(f"arguments must be a list of at most {MAX_ARGUMENTS}")
    return Message(_text(template), tuple(_argument(each, depth - 1) for each in arguments))


def _argument(value: object, depth: int) -> Argument:
    if isinstance(value, dict):
        if depth == 0:
            raise ValueError(f"messages are nested deeper than {MAX_DEPTH}")
        return _from_json(value, depth)
    if isinstance(value, (int, float)) and _is_number(value):
        return value
    return _text(value)


def _is_number(value: object) -> bool:
    """Whether it is a number that is written and read again as itself, at a bearable length."""
    if isinstance(value, bool) or not isinstance(value, (int, float)):
        return False
    return math.isfinite(value) if isinstance(value, float) else abs(value) < _MAX_WHOLE_NUMBER


def _text(value: object) -> str:
    if not isinstance(value, str) or len(value) > MAX_CHARACTERS:
        raise ValueError(f"a text of at most {MAX_CHARACTERS} characters is needed")
    value.encode("utf-8")  # its UnicodeEncodeError is a ValueError
    return value
