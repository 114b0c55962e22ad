"""Passwords: in the system's keyring, or, announced, in a file where a computer has no keyring."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Protocol
from urllib.parse import quote, unquote, urlsplit

from fallwatch import paths
from fallwatch.core.message import Message, MessageError
from fallwatch.system.secrets.keyring_thread import LIMIT_S, KeyringSilentError, KeyringThread
from fallwatch.system.secrets.password_file import PASSWORD_FILE, PasswordFile

_SERVICE = "fallwatch camera"

_READ, _STORED = Message("read"), Message("stored")


class PasswordError(MessageError):
    """The system's keyring did not take or give a password. The message says what to do."""


class Keyring(Protocol):
    """The part of the ``keyring`` package that is used."""

    def get_password(self, service_name: str, username: str) -> str | None: ...
    def set_password(self, service_name: str, username: str, password: str) -> None: ...


class Passwords:
    """Keeps passwords for this run, and for later runs in the system's keyring.

    A computer without a keyring has a file instead, which only its owner can read. A keyring that
    is there but locked is never gone round.

    Any thread may use it. The keyring may wait for a person to unlock it: it is asked on a thread
    of its own, and whoever asks waits for it, but not for ever. So it is not for the window's
    thread, nor for one on which something else must not wait.

    Args:
        keyring: The system's, by default.
        file: Stands in for a keyring; by default in the folder of the settings.
        limit_s: Longest time to wait for the keyring.
    """

    def __init__(
        self,
        keyring: Keyring | None = None,
        file: PasswordFile | None = None,
        *,
        limit_s: float = LIMIT_S,
    ) -> None:
        self._keyring = keyring
        self._thread = KeyringThread(limit_s)
        self._file = file or PasswordFile(paths.config_dir() / PASSWORD_FILE)
        self._lock = threading.Lock()
        self._known: dict[str, str] = {}

    def get(self, address: str, user: str) -> str:
        """The password of a camera; empty if none is known.

        Raises:
            PasswordError: The keyring cannot be read or does not answer, or there is none and the
                file does not hold the password; and it was not given in this run.
        """
        key = _key(address, user)
        with self._lock:
            if key in self._known:
                return self._known[key]
        if not user:
            return ""
        with self._lock, _explained(_READ, self._file):
            kept = self._file.get(key)
        if kept is None:
            with _explained(_READ, self._file):
                return self._thread.ask(key, lambda: self._read(key))
        if not kept:
            return ""  # another process may be about to keep it
        with self._lock:
            return self._known.setdefault(key, kept)

    def look_again(self, address: str, user: str) -> None:
        """Another process may have kept another password: the next `get` reads it."""
        with self._lock:
            self._known.pop(_key(address, user), None)

    def remember(self, address: str, user: str, password: str) -> None:
        """Know a password for this run. Never waits."""
        with self._lock:
            self._known[_key(address, user)] = password

    def store(self, address: str, user: str, password: str) -> Message | None:
        """Know a password for this run and, in the keyring, for later ones.

        Returns:
            None, or a sentence for people: there is no keyring, so it lies in a file.

        Raises:
            PasswordError: It could not be kept; it still holds for this run.
        """
        self.remember(address, user, password)
        key = _key(address, user)
        with _explained(_STORED, self._file):
            # Never the same question as another: what is stored last has to win.
            return self._thread.ask((key, object()), lambda: self._store(key, password))

    def close(self) -> None:
        """Wait for the keyring no more: the program ends."""
        self._thread.close()

    def _read(self, key: str) -> str:
        """On the keyring's thread."""
        with _keyring_explained(_READ, self._file):
            kept = self._system().get_password(_SERVICE, key) or ""
        if not kept:
            return ""  # another process may be about to keep it
        # Also an answer that came too late for who asked.
        with self._lock:
            return self._known.setdefault(key, kept)

    def _store(self, key: str, password: str) -> Message | None:
        """On the keyring's thread."""
        with _keyring_explained(_STORED, self._file):
            return self._write(key, password)

    def _write(self, key: str, password: str) -> Message | None:
        """On the keyring's thread."""
        from keyring.errors import NoKeyringError

        try:
            self._system().set_password(_SERVICE, key, password)
        except NoKeyringError:
            with self._lock:
                self._file.put(key, password)
            return Message(
                "This computer has no keyring. The password is kept in the file {0}, not "
                "encrypted: anyone who can read your files can read it. To avoid that, set up "
                "a keyring such as GNOME Keyring or KWallet and enter the password again.",
                (str(self._file.path),),
            )
        with self._lock:
            self._file.drop(key)
        return None

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
def _explained(verb: Message, file: PasswordFile) -> Iterator[None]:
    """Turn what a keyring, or the file in its place, raises into a sentence."""
    try:
        yield
    except KeyringSilentError as error:
        raise PasswordError(
            Message(
                "The password could not be {0}: the system's keyring does not answer. It may be "
                "waiting for somebody to unlock it; unlock it, or enter the password again after "
                "the next start.",
                (verb,),
            )
        ) from error
    except (OSError, ValueError) as error:
        raise PasswordError(
            Message(
                "The password could not be {0} ({1}). It holds until fallwatch is closed; make "
                "the file readable and writable, and enter the password again.",
                (verb, str(error)),
            )
        ) from error


@contextmanager
def _keyring_explained(verb: Message, file: PasswordFile) -> Iterator[None]:
    """Turn what a keyring raises into a sentence. On the keyring's thread."""
    # Imported there, too: the import looks for the system's keyrings.
    from keyring.errors import KeyringError, NoKeyringError

    try:
        yield
    except NoKeyringError as error:
        raise PasswordError(
            Message(
                "The password could not be {0}: this computer has no keyring, and {1} does not "
                "hold it. Enter it again.",
                (verb, str(file.path)),
            )
        ) from error
    except KeyringError as error:
        raise PasswordError(
            Message(
                "The password could not be {0} ({1}). Unlock the system's keyring, or enter "
                "the password again after the next start.",
                (verb, str(error)),
            )
        ) from error
