"""Passwords in a file of fallwatch, for computers without a keyring. Only its owner can read it."""

from __future__ import annotations

import json
import stat
from pathlib import Path

from fallwatch.system.files import write_private

#: Name of the file in ``paths.config_dir()``.
PASSWORD_FILE = "passwords.json"


class PasswordFile:
    """A JSON object of passwords by name. Not encrypted: whoever can read the file knows them.

    Not thread-safe: the owner brings the lock.

    Args:
        path: The file; it is made when the first password is kept.
    """

    def __init__(self, path: Path) -> None:
        self.path = path

    def get(self, name: str) -> str | None:
        """A password; None if there is none of this name.

        Raises:
            OSError: The file cannot be read.
            ValueError: It is no file of passwords; the message names it and holds none of it.
        """
        return self._read().get(name)

    def put(self, name: str, password: str) -> None:
        """Keep a password, lastingly, before returning.

        Raises:
            OSError: The file cannot be read or written; the old one is untouched.
            ValueError: As `get`.
        """
        kept = self._read()
        if kept.get(name) != password:
            self._write(kept | {name: password})

    def drop(self, name: str) -> None:
        """Forget a password; no effect if there is none of this name.

        Raises:
            OSError: As `put`.
            ValueError: As `get`.
        """
        kept = self._read()
        if name in kept:
            del kept[name]
            self._write(kept)

    def _read(self) -> dict[str, str]:
        try:
            if stat.S_IMODE(self.path.stat().st_mode) & 0o077:
                self.path.chmod(0o600)  # copied here by somebody, perhaps
            data = json.loads(self.path.read_bytes())
        except FileNotFoundError:
            return {}
        except ValueError:
            data = None
        if not isinstance(data, dict) or not all(isinstance(each, str) for each in data.values()):
            # Raised from None: the words of the parser could quote a password.
            raise ValueError(f"{self.path} is damaged; delete it") from None
        return data

    def _write(self, kept: dict[str, str]) -> None:
        write_private(self.path, json.dumps(kept, ensure_ascii=True).encode())
