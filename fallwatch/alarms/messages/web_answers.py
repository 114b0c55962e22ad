"""Answers of web services: read only so far, and never sent on to where the words do not arrive.

Imported with Apprise, at first use: it loads requests, which all of Apprise's web services use.
"""

from __future__ import annotations

import threading
import time
from typing import Any
from urllib.parse import SplitResult, urljoin, urlsplit

import requests
from requests.adapters import HTTPAdapter
from urllib3.exceptions import HTTPError

#: No service says more that anybody reads.
MAX_BYTES = 1_000_000

#: Longer than any service speaks; the wait for its first word is limited by Apprise.
_LONGEST_S = 10.0

_PIECE = 8192
_SAME_METHOD = (307, 308)
_PORTS = {"http": 80, "https": 443}

_noted = threading.local()


def bound_answers() -> None:
    """Have every request from now on keep to these rules."""
    # Each session of requests looks its adapter up here.
    setattr(requests.sessions, "HTTPAdapter", _BoundedAdapter)  # noqa: B010 - a module's name


def moved_to() -> str | None:
    """Host that this thread's last requests were to be sent on to, and were not; forgotten then."""
    host: str | None = getattr(_noted, "host", None)
    _noted.host = None
    return host


class _BoundedAdapter(HTTPAdapter):
    def send(self, request: requests.PreparedRequest, *args: Any, **kwargs: Any) -> Any:
        # What is packed could be far larger than what was read.
        request.headers["Accept-Encoding"] = "identity"
        response = super().send(request, *args, **kwargs)
        body = _read(response.raw)
        packed = response.headers.get("Content-Encoding", "identity") != "identity"
        response._content = b"" if packed else body
        response._content_consumed = True
        response.close()
        if response.is_redirect:
            target = _target(request, response.headers["location"])
            if target is None or not _arrives(request, response.status_code, target):
                _noted.host = "another address" if target is None else _shown(target)
                del response.headers["location"]
        return response


def _read(raw: Any) -> bytes:
    """An answer's first megabyte, or as much as comes within the time."""
    until_s = time.monotonic() + _LONGEST_S
    body = bytearray()
    # `read` waits until a whole piece is there, which may be never.
    read = getattr(raw, "read1", raw.read)
    try:
        while len(body) < MAX_BYTES and time.monotonic() < until_s:
            piece = read(_PIECE, decode_content=False)
            if not piece:
                break
            body += piece
    except (HTTPError, OSError):
        pass  # The status has come, and with it whether the words were taken.
    return bytes(body)


def _target(request: requests.PreparedRequest, location: str) -> SplitResult | None:
    try:
        return urlsplit(urljoin(request.url or "", location))
    except ValueError:
        return None


def _arrives(request: requests.PreparedRequest, status: int, target: SplitResult) -> bool:
    """Whether a message sent on would arrive, and nowhere else than where it was sent to."""
    source = urlsplit(request.url or "")
    if not request.body and not source.query:
        return True  # It carries no words, such as a question for the server's address.
    keeps_words = target.query == source.query and (
        status in _SAME_METHOD or (request.method or "") in ("GET", "HEAD")
    )
    return keeps_words and target.hostname == source.hostname and _as_safe(source, target)


def _as_safe(source: SplitResult, target: SplitResult) -> bool:
    try:
        ports = [each.port or _PORTS.get(each.scheme) for each in (source, target)]
    except ValueError:
        return False
    places = list(zip((source.scheme, target.scheme), ports, strict=True))
    return places[0] == places[1] or places == [("http", 80), ("https", 443)]


def _shown(target: SplitResult) -> str:
    """The host alone: the rest of such an address is often a secret."""
    host = target.hostname or ""
    return "".join(each for each in host[:100] if each.isprintable()) or "another address"
