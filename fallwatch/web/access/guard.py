"""The gate in front of every request: whose name was called, how large it is, where it comes from.

What has no business with the page is refused before anything reads it, and each refusal stands in
the log by its kind, with no secret in it.
"""

from __future__ import annotations

import asyncio
import ipaddress
import logging
import time
from collections.abc import Callable, Iterable
from typing import Any

from starlette.datastructures import Headers, MutableHeaders
from starlette.responses import JSONResponse
from starlette.types import ASGIApp, Receive, Scope, Send
from starlette.types import Message as AsgiMessage

from fallwatch.core.message import Message
from fallwatch.web.translations import language_for, say_in

_log = logging.getLogger(__name__)

#: Bodies larger than this mean nothing here, in bytes.
MAX_BODY_BYTES = 4096

#: A body must be here within this time, in seconds: 300 that never end would be all connections.
BODY_WITHIN_S = 5.0

#: A header that no form of another page can send.
OWN_HEADER = "x-fallwatch"

_HEADERS = {
    "Content-Security-Policy": "default-src 'self'; img-src 'self' blob:; media-src 'self' blob:; "
    "object-src 'none'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(), microphone=(), geolocation=()",
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
    "X-Robots-Tag": "noindex",
}

_SAFE_METHODS = ("GET", "HEAD")


class Guard:
    """Wraps an application.

    Args:
        app: What is behind the gate.
        own_names: Names of this computer, asked for at each request.
        open_paths: Beginnings of paths that bring a permission of their own.
    """

    def __init__(
        self, app: ASGIApp, own_names: Callable[[], Iterable[str]], open_paths: tuple[str, ...] = ()
    ) -> None:
        self._app, self._own_names, self._open_paths = app, own_names, open_paths

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Let a request through, or answer it."""
        if scope["type"] != "http":
            return
        refusal = self._refusal(scope)
        if refusal is not None:
            status, message = refusal
            client, say = scope.get("client"), say_in(_language(scope))
            _log.warning(
                "Refused %s from %s: %s", scope["method"], client[0] if client else "?", message
            )
            await JSONResponse({"error": say(message)}, status)(scope, receive, _with_headers(send))
            return
        await self._app(scope, _bounded(receive), _with_headers(send))

    def _refusal(self, scope: Scope) -> tuple[int, Message] | None:
        headers = Headers(scope=scope)
        host = _name_in(headers.get("host", ""))
        if not self._is_own(host):
            # A page elsewhere whose name was turned to this address would have its cookies.
            return 421, Message("This computer has another name.")
        if scope["method"] in _SAFE_METHODS or scope["path"].startswith(self._open_paths):
            return None
        origin = headers.get("origin")
        if headers.get(OWN_HEADER) != "1":
            return 403, Message("The request does not come from the page.")
        if origin is not None and origin.partition("://")[2] != headers.get("host"):
            return 403, Message("The request comes from another page.")
        length = headers.get("content-length", "0")
        if not length.isascii() or not length.isdigit() or int(length[:9]) > MAX_BODY_BYTES:
            return 413, Message("The request is too large.")
        return None

    def _is_own(self, host: str) -> bool:
        try:
            ipaddress.ip_address(host)
        except ValueError:
            return host in {name.lower() for name in ("localhost", *self._own_names())}
        return True


def _language(scope: Scope) -> str:
    return language_for(Headers(scope=scope).get("accept-language", ""))


def _name_in(host: str) -> str:
    """The name of a ``Host`` header without its port, in small letters."""
    host = host.strip().lower()
    if host.startswith("["):
        return host[1:].partition("]")[0]
    return host.partition(":")[0].rstrip(".")


def _bounded(receive: Receive) -> Receive:
    """A body that breaks off where it becomes too large or too slow, whatever its header said."""
    seen, is_whole = 0, False
    until_s: float | None = None

    async def bounded() -> AsgiMessage:
        nonlocal seen, is_whole, until_s
        if is_whole:  # what comes now is that the client is gone, whenever that may be
            return await receive()
        now_s = time.monotonic()
        until_s = now_s + BODY_WITHIN_S if until_s is None else until_s
        try:
            message = await asyncio.wait_for(receive(), max(0.0, until_s - now_s))
        except TimeoutError:
            return {"type": "http.disconnect"}
        seen += len(message.get("body", b""))
        if seen > MAX_BODY_BYTES:
            return {"type": "http.disconnect"}
        is_whole = not message.get("more_body", False)
        return message

    return bounded


def _with_headers(send: Send) -> Send:
    async def sent(message: AsgiMessage) -> None:
        if message["type"] == "http.response.start":
            headers: Any = MutableHeaders(scope=message)
            for name, value in _HEADERS.items():
                headers.setdefault(name, value)
            headers.setdefault("Cache-Control", "no-store")
        await send(message)

    return sent
