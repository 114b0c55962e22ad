"""Connections to push services: none into the own network, and none that lasts for ever."""

from __future__ import annotations

import socket
import threading
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from fallwatch.web.access.subscription import is_global_address

if TYPE_CHECKING:
    import requests

#: For each of a name's addresses, in seconds.
_CONNECT_S = 5.0

#: An address as `socket.getaddrinfo` gives it.
_Place = tuple[socket.AddressFamily, socket.SocketKind, int, str, tuple[Any, ...]]


#: The push services of browsers. Nobody else can have these names lead into somebody's network.
_BROWSERS = (
    "fcm.googleapis.com",
    "updates.push.services.mozilla.com",
    "web.push.apple.com",
    ".notify.windows.com",
)


class OwnNetworkError(Exception):
    """A name that leads into the own network: a phone must not have us send something there."""


class _Line:
    """The connections of one session, which end together.

    Args:
        whole_s: How long they last at most, from now on; in seconds.

    Attributes:
        is_cut: Whether that time was over.
    """

    def __init__(self, whole_s: float) -> None:
        self.is_cut = False
        self._until_s = time.monotonic() + whole_s
        self._lock = threading.Lock()
        self._twins: list[socket.socket] = []
        self._timer = threading.Timer(whole_s, self._cut)
        self._timer.daemon = True
        self._timer.start()

    def connect(self, host: str, port: int) -> socket.socket:
        """Connect to the first address of a host that answers, if all lie outside.

        Raises:
            OwnNetworkError: One lies in the own network.
            OSError: None answers in time.
        """
        found = _outside(host, port)
        error: OSError = TimeoutError(host)
        for family, kind, protocol, _, place in found:
            left_s = self._until_s - time.monotonic()
            if left_s <= 0:
                break
            line = socket.socket(family, kind, protocol)
            try:
                line.settimeout(min(_CONNECT_S, left_s))
                line.connect(place)
            except OSError as failure:
                line.close()
                error = failure
                continue
            with self._lock:
                # Encryption takes the socket over; its twin stays ours, to be cut.
                self._twins.append(line.dup())
            return line
        raise error

    def close(self) -> None:
        """Nothing is cut any more."""
        self._timer.cancel()
        self._timer.join()
        for twin in self._twins:
            twin.close()

    def _cut(self) -> None:
        self.is_cut = True
        with self._lock:
            for twin in self._twins:
                with suppress(OSError):
                    twin.shutdown(socket.SHUT_RDWR)


def _outside(host: str, port: int) -> Sequence[_Place]:
    """The addresses of a host.

    Raises:
        OwnNetworkError: One lies in the own network.
        OSError: It cannot be looked up.
    """
    found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    if not all(is_global_address(str(place[0])) for *_, place in found):
        raise OwnNetworkError(host)
    return found


def _is_browsers(host: str) -> bool:
    return any(host == each or (each[0] == "." and host.endswith(each)) for each in _BROWSERS)


@contextmanager
def outside_session(whole_s: float) -> Iterator[requests.Session]:
    """A session whose requests go beyond the own network, and end in time.

    Where the computer reaches the internet through a proxy, the host is looked up here first, and
    refused if it lies in the own network. The push services of browsers are not: some networks
    answer all names of the internet with addresses of their own, for only the proxy goes out. The
    proxy looks it up once more and decides where the request goes: a name that leads elsewhere for
    it, or one that this computer cannot look up because only the proxy can, is left to the proxy's
    own rules.

    Args:
        whole_s: How long all of it takes at most, but for looking up a name; in seconds.

    Raises:
        requests.Timeout: It took longer.
    """
    import requests

    line = _Line(whole_s)
    try:
        with requests.Session() as session:
            adapter = _adapter(line)
            session.mount("https://", adapter)
            session.mount("http://", adapter)
            yield session
            if line.is_cut:
                # Half an answer reads like a whole one.
                raise requests.Timeout("cut")
    finally:
        line.close()


def _adapter(line: _Line) -> Any:
    from requests.adapters import HTTPAdapter
    from requests.utils import select_proxy
    from urllib3.connection import HTTPConnection, HTTPSConnection
    from urllib3.connectionpool import HTTPConnectionPool, HTTPSConnectionPool

    class Plain(HTTPConnection):
        def _new_conn(self) -> socket.socket:
            return line.connect(self.host, self.port or 80)

    class Encrypted(HTTPSConnection):
        def _new_conn(self) -> socket.socket:
            return line.connect(self.host, self.port or 443)

    class PlainPool(HTTPConnectionPool):
        ConnectionCls = Plain

    class EncryptedPool(HTTPSConnectionPool):
        ConnectionCls = Encrypted

    class Adapter(HTTPAdapter):
        def send(
            self, request: requests.PreparedRequest, *rest: Any, **options: Any
        ) -> requests.Response:
            url = request.url or ""
            if select_proxy(url, options.get("proxies")):
                parts = urlsplit(url)
                if _is_browsers(str(parts.hostname)):
                    return super().send(request, *rest, **options)
                # Where only the proxy knows names of the internet, it alone can look them up.
                with suppress(OSError):
                    _outside(str(parts.hostname), parts.port or 443)
            return super().send(request, *rest, **options)

    adapter = Adapter()
    adapter.poolmanager.pool_classes_by_scheme = {"http": PlainPool, "https": EncryptedPool}
    return adapter
