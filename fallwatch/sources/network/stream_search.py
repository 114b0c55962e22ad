"""Finds the path of a camera's stream by asking for the usual ones, RFC 2326."""

from __future__ import annotations

import re
import socket
import time
from collections.abc import Iterable
from contextlib import closing
from urllib.parse import unquote, urlsplit, urlunsplit

from fallwatch.core.message import Message
from fallwatch.core.protocols import LoginRefusedError, SourceError
from fallwatch.sources.address import check_address, display_address
from fallwatch.sources.camera.http_login import Challenge, best_challenge
from fallwatch.sources.network.makes import MAKES

#: For the connection, and for each whole answer.
_TIMEOUT_S = 4.0
_MAX_HEAD_BYTES = 16384
_STATUS = re.compile(r"RTSP/1\.\d (\d{3})")
_GOOD, _REFUSED = 200, 401


def is_host_alone(address: str) -> bool:
    """Whether an address of RTSP names a camera, but none of its streams."""
    try:
        parts = urlsplit(address)
    except ValueError:
        return False
    return parts.scheme.lower() == "rtsp" and parts.path in ("", "/") and not parts.query


def find_stream(address: str, paths: Iterable[str] = ()) -> str:
    """The address of a camera's stream. Waits for the network: not on the window's thread.

    One wrong password ends the search: cameras lock accounts after a few.

    Args:
        address: Such as ``rtsp://user:password@192.168.1.20``; without path.
        paths: To be tried, those of `MAKES` by default.

    Returns:
        The address with the first path that has a stream, login included.

    Raises:
        LoginRefusedError: The camera wants a login, or another one.
        SourceError: It cannot be reached, or has no stream at any of the paths.
    """
    host, port = check_address(address)
    parts = urlsplit(address)
    shown = display_address(address)
    login = (unquote(parts.username or ""), unquote(parts.password or ""))
    try:
        with closing(socket.create_connection((host, port), _TIMEOUT_S)) as connection:
            asking = _Conversation(connection, login, shown)
            netloc = parts.netloc.rpartition("@")[2]
            for path in paths or [make.path for make in MAKES]:
                if asking.describe(f"rtsp://{netloc}{path}") == _GOOD:
                    before, _, query = path.partition("?")
                    return urlunsplit(("rtsp", parts.netloc, before, query, ""))
    except (OSError, ValueError) as error:
        raise SourceError(
            Message(
                "{0} cannot be reached. Check the camera's power, network and address.", (shown,)
            )
        ) from error
    raise SourceError(
        Message(
            "{0} answers, but at none of the usual paths. Enter the whole address; the camera's "
            "manual names it.",
            (shown,),
        )
    )


class _Conversation:
    """Asks one server about several addresses."""

    def __init__(self, connection: socket.socket, login: tuple[str, str], shown: str) -> None:
        self._connection, self._login, self._shown = connection, login, shown
        self._number = 0
        self._challenge: Challenge | None = None
        self._held = bytearray()
        self._until_s = 0.0

    def describe(self, address: str) -> int:
        """The server's status for an address."""
        status, challenges = self._ask(address)
        if status != _REFUSED:
            return status
        if not self._login[0]:
            raise LoginRefusedError(
                Message("{0} wants a user and a password. Enter them below.", (self._shown,))
            )
        self._challenge = best_challenge(challenges)
        status, _ = self._ask(address)
        if status == _REFUSED:
            raise LoginRefusedError(Message("Wrong user or password for {0}.", (self._shown,)))
        return status

    def _ask(self, address: str) -> tuple[int, list[str]]:
        self._number += 1
        lines = [
            f"DESCRIBE {address} RTSP/1.0",
            f"CSeq: {self._number}",
            "Accept: application/sdp",
            "User-Agent: fallwatch",
        ]
        if self._challenge is not None:
            answer = self._challenge.answer(*self._login, address, method="DESCRIBE")
            lines.append(f"Authorization: {answer.decode()}")
        self._until_s = time.perf_counter() + _TIMEOUT_S
        self._connection.sendall(("\r\n".join(lines) + "\r\n\r\n").encode())
        return self._answer()

    def _answer(self) -> tuple[int, list[str]]:
        first = _STATUS.match(self._line())
        if first is None:
            raise OSError("no answer of RTSP")
        challenges, length, head_bytes = [], 0, 0
        while line := self._line().strip():
            head_bytes += len(line) + 1
            if head_bytes > _MAX_HEAD_BYTES:
                raise OSError("the answer does not end")
            name, _, value = line.partition(":")
            if name.lower() == "www-authenticate":
                challenges.append(value.strip())
            elif name.lower() == "content-length" and value.strip().isdigit():
                length = min(int(value), _MAX_HEAD_BYTES)
        while len(self._held) < length and self._receive():
            pass
        del self._held[:length]
        return int(first[1]), challenges

    def _line(self) -> str:
        while (end := self._held.find(b"\n")) < 0:
            if len(self._held) > _MAX_HEAD_BYTES or not self._receive():
                raise OSError("the answer broke off")
        line = self._held[: end + 1].decode("latin-1")
        del self._held[: end + 1]
        return line

    def _receive(self) -> bool:
        """Wait for more of the answer; False if the server has closed the connection."""
        left_s = self._until_s - time.perf_counter()
        if left_s <= 0:
            raise TimeoutError
        self._connection.settimeout(left_s)
        data = self._connection.recv(4096)
        self._held += data
        return bool(data)
