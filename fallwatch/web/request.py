"""Requests to the page: client, language and body of each, and how one is refused."""

from __future__ import annotations

import json
from typing import Any

from starlette.requests import ClientDisconnect, Request

from fallwatch.core.message import Message
from fallwatch.web.translations import language_for


class Refused(Exception):
    """A request that is not granted: status, and why in a sentence."""

    def __init__(self, status: int, message: Message) -> None:
        super().__init__(str(message))
        self.status, self.message = status, message


def language_of(request: Request) -> str:
    """The language in which the client is answered."""
    wanted = request.query_params.get("language") or request.headers.get("accept-language", "")
    return language_for(wanted)


def client_of(request: Request) -> str:
    """The address from which a request comes; ``?`` if it is not known."""
    return request.client.host if request.client else "?"


async def body_of(request: Request) -> dict[str, Any]:
    """The JSON object in a request.

    Raises:
        Refused: There is none.
    """
    try:
        body = json.loads(await request.body())
    except ClientDisconnect as error:
        raise Refused(408, Message("The request broke off.")) from error
    except (ValueError, RecursionError) as error:
        raise Refused(400, Message("The request is no JSON.")) from error
    if not isinstance(body, dict):
        raise Refused(400, Message("The request is no JSON object."))
    return body


def number_in(text: str, low: int, high: int) -> int:
    """A whole number from ``low`` to ``high``, written in digits.

    Raises:
        Refused: It is none, or beyond them.
    """
    if not text.isascii() or not text.isdigit() or len(text) > 9 or not low <= int(text) <= high:
        raise Refused(400, Message("A number from {0} to {1} is wanted.", (low, high)))
    return int(text)
