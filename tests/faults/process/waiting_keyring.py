"""A keyring that asks for its password, and nobody is there."""

from __future__ import annotations

import threading

from keyring.backend import KeyringBackend


class WaitingKeyring(KeyringBackend):
    """Every question waits for ever."""

    priority = 1  # type: ignore[assignment]

    def get_password(self, service: str, username: str) -> str | None:
        """Wait."""
        threading.Event().wait()
        return None

    def set_password(self, service: str, username: str, password: str) -> None:
        """Wait."""
        threading.Event().wait()

    def delete_password(self, service: str, username: str) -> None:
        """Wait."""
        threading.Event().wait()
