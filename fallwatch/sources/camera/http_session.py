"""Requests to a camera over HTTP: with its login, and to wherever it sends us on."""

from __future__ import annotations

import ssl
from http.client import HTTPConnection, HTTPException, HTTPResponse, HTTPSConnection
from urllib.parse import SplitResult, quote, unquote, urljoin, urlsplit

from fallwatch.sources.address import DEFAULT_PORTS
from fallwatch.sources.camera.http_login import Challenge, best_challenge

#: What a request may end with besides an answer.
HttpError = (OSError, HTTPException, ValueError)

_MOVED = (301, 302, 303, 307, 308)
_REFUSED = 401
_MOST_REQUESTS = 8

# What may stand in a request as it is; a space or an umlaut would end or spoil it.
_SAFE = "/:?#[]@!$&'()*+,;=%-._~"


class HttpSession:
    """GET of one address, again and again, on one connection where the camera lets it.

    Args:
        url: With user and password, if the camera wants them.
        timeout_s: Longest wait for the next bytes.
    """

    def __init__(self, url: str, timeout_s: float) -> None:
        self._parts = urlsplit(url)
        self._user = unquote(self._parts.username or "")
        self._password = unquote(self._parts.password or "")
        self._timeout_s = timeout_s
        self._connection: HTTPConnection | None = None
        self._response: HTTPResponse | None = None
        self._used = False
        self._challenge: Challenge | None = None

    @property
    def has_login(self) -> bool:
        """Whether there is a user to log in with."""
        return bool(self._user)

    def get(self) -> HTTPResponse:
        """The answer, after redirections and the login; of any status.

        Raises:
            OSError: The camera does not answer, or hangs up.
            HTTPException: It speaks something else.
            ValueError: It sends us on to nowhere.
        """
        answered = False
        for _ in range(_MOST_REQUESTS):
            response = self._request()
            if response.status in _MOVED and response.getheader("Location"):
                self._move(response.getheader("Location", ""))
                continue
            if response.status != _REFUSED or not self._user:
                return response
            challenge = best_challenge(response.headers.get_all("WWW-Authenticate", []))
            if challenge is None or (answered and not challenge.is_stale):
                return response
            self._challenge, answered = challenge, True
            self.close()
        raise ValueError("it sends us round in circles")

    def close(self) -> None:
        """Hang up. Safe to call twice."""
        for each in (self._response, self._connection):
            if each is not None:
                each.close()
        self._response = None
        self._connection, self._used = None, False

    def _request(self) -> HTTPResponse:
        try:
            return self._request_once()
        except (ConnectionError, HTTPException):
            was_used = self._used
            self.close()
            if not was_used:
                raise
            return self._request_once()  # it had hung up since the request before

    def _request_once(self) -> HTTPResponse:
        parts = self._parts
        target = quote(parts.path or "/", _SAFE) + (
            f"?{quote(parts.query, _SAFE)}" if parts.query else ""
        )
        headers: dict[str, str | bytes] = {"User-Agent": "fallwatch", "Accept": "*/*"}
        if self._challenge is not None:
            headers["Authorization"] = self._challenge.answer(self._user, self._password, target)
        if self._connection is None:
            self._connection = _connect(parts, self._timeout_s)
        else:
            self._used = True
        self._connection.request("GET", target, headers=headers)
        self._response = self._connection.getresponse()
        return self._response

    def _move(self, location: str) -> None:
        self.close()
        before = self._parts
        self._parts = urlsplit(urljoin(before.geturl(), location))
        if self._parts.scheme not in ("http", "https") or not self._parts.hostname:
            raise ValueError("it sends us on to no camera")
        if self._parts.hostname != before.hostname:
            self._user = self._password = ""  # they are not for others
            self._challenge = None


def _connect(parts: SplitResult, timeout_s: float) -> HTTPConnection:
    host, port = parts.hostname or "", parts.port or DEFAULT_PORTS[parts.scheme]
    if parts.scheme == "http":
        return HTTPConnection(host, port, timeout=timeout_s)
    # Cameras sign their certificates themselves, for a name of their own.
    context = ssl.create_default_context()
    context.check_hostname = False
    context.verify_mode = ssl.CERT_NONE
    return HTTPSConnection(host, port, timeout=timeout_s, context=context)
