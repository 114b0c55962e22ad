"""Passwords of network cameras: in the system's keyring, never in a file of fallwatch."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Protocol
from urllib.parse import quote, unquote, urlsplit

_SERVICE = "fallwatch camera"


class PasswordError(Exception):
    """The system's keyring did not take or give a password. The message says what to do."""


class Keyring(Protocol):
    """The part of the ``keyring`` package that is used."""

    def get_password(self, service_name: str, username: str) -> str | None: ...
    def set_password(self, service_name: str, username: str, password: str) -> None: ...


class Passwords:
    """Keeps passwords for this run, and for later runs in the system's keyring.

    Any thread may use it; the keyring may wait for a person to unlock it, so not the window's.

    Args:
        keyring: The system's, by default.
    """

    def __init__(self, keyring: Keyring | None = None) -> None:
        self._keyring = keyring
        self._lock = threading.Lock()
        self._known: dict[str, str] = {}

    def get(self, address: str, user: str) -> str:
        """The password of a camera; empty if none is known.

        Raises:
            PasswordError: The keyring cannot be read, and the password was not given in this run.
        """
        key = _key(address, user)
        with self._lock:
            if key in self._known:
                return self._known[key]
        if not user:
            return ""
        with _told("read"):
            found = self._system().get_password(_SERVICE, key) or ""
        with self._lock:
            return self._known.setdefault(key, found)

    def remember(self, address: str, user: str, password: str) -> None:
        """Know a password for this run. Never waits."""
        with self._lock:
            self._known[_key(address, user)] = password

    def store(self, address: str, user: str, password: str) -> None:
        """Know a password for this run and, in the keyring, for later ones.

        Raises:
            PasswordError: The keyring did not take it; it still holds for this run.
        """
        self.remember(address, user, password)
        with _told("stored"):
            self._system().set_password(_SERVICE, _key(address, user), password)

    def _system(self) -> Keyring:
        if self._keyring is None:
            import keyring

            self._keyring = keyring
        return self._keyring


def split_login(address: str) -> tuple[str, str, str]:
    """An address without its login, the user and the password; what is missing is empty.

    >>> split_login("rtsp://anna:s%40fe@10.0.0.7/one")
    ('rtsp://10.0.0.7/one', 'anna', 's@fe')
    """
    scheme, separator, rest = address.partition("://")
    login, at, host = rest.rpartition("@")
    if not separator or not at or "/" in login:
        return address, "", ""
    user, _, password = login.partition(":")
    return f"{scheme}://{host}", unquote(user), unquote(password)


def with_login(address: str, user: str, password: str) -> str:
    """The address with user and password, as the camera wants it; unchanged without a user."""
    if not user or not urlsplit(address).netloc:
        return address
    scheme, _, rest = address.partition("://")
    login = quote(user, safe="") + (f":{quote(password, safe='')}" if password else "")
    return f"{scheme}://{login}@{rest}"


def _key(address: str, user: str) -> str:
    return f"{user} at {address}"


@contextmanager
def _told(verb: str) -> Iterator[None]:
    """Turn what a keyring raises into a sentence."""
    from keyring.errors import KeyringError, NoKeyringError

    try:
        yield
    except NoKeyringError as error:
        raise PasswordError(
            f"The camera's password could not be {verb}: this computer has no keyring. It holds "
            "until fallwatch is closed; enter it again after the next start, or set up a keyring "
            "such as GNOME Keyring or KWallet."
        ) from error
    except KeyringError as error:
        raise PasswordError(
            f"The camera's password could not be {verb} ({error}). Unlock the system's keyring, "
            "or enter the password again after the next start."
        ) from error
