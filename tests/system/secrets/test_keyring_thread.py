"""A keyring that waits for a person holds up nobody."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator

import pytest

from fallwatch.system.secrets.passwords import PasswordError, Passwords
from tests.waiting import PATIENCE_S, wait_until

ADDRESS = "rtsp://10.0.0.7/one"

#: How long the tests wait for a keyring that does not answer.
LIMIT_S = 0.2


class PromptingKeyring:
    """A keyring that shows a prompt, which nobody answers until ``answered`` is set."""

    def __init__(self) -> None:
        self.answered = threading.Event()
        self.prompts: list[str] = []
        self.kept: dict[str, str] = {}

    def get_password(self, service_name: str, username: str) -> str | None:
        self.prompts.append(username)
        self.answered.wait()
        return self.kept.get(username, "s@fe")

    def set_password(self, service_name: str, username: str, password: str) -> None:
        self.prompts.append(username)
        self.answered.wait()
        self.kept[username] = password


@pytest.fixture
def keyring() -> Iterator[PromptingKeyring]:
    keyring = PromptingKeyring()
    yield keyring
    keyring.answered.set()


def test_who_asks_is_answered_in_time_and_told_to_unlock_it(keyring: PromptingKeyring) -> None:
    passwords = Passwords(keyring, limit_s=LIMIT_S)
    began_s = time.monotonic()
    with pytest.raises(PasswordError, match="unlock it"):
        passwords.get(ADDRESS, "anna")
    assert time.monotonic() - began_s < PATIENCE_S / 2


def test_only_the_first_waits_for_a_keyring_that_is_silent(keyring: PromptingKeyring) -> None:
    passwords = Passwords(keyring, limit_s=LIMIT_S)
    with pytest.raises(PasswordError):
        passwords.get(ADDRESS, "anna")
    began_s = time.monotonic()
    for user in ("bert", "carl", "dora") * 10:
        with pytest.raises(PasswordError):
            passwords.get(ADDRESS, user)
    assert time.monotonic() - began_s < 30 * LIMIT_S / 2


def test_a_late_answer_counts_and_nobody_is_prompted_twice(keyring: PromptingKeyring) -> None:
    passwords = Passwords(keyring, limit_s=LIMIT_S)
    for _ in range(3):
        with pytest.raises(PasswordError):
            passwords.get(ADDRESS, "anna")
    keyring.answered.set()
    wait_until(lambda: passwords._known)
    assert passwords.get(ADDRESS, "anna") == "s@fe"
    assert len(keyring.prompts) == 1


def test_a_password_that_was_typed_holds_though_the_keyring_is_silent(
    keyring: PromptingKeyring,
) -> None:
    passwords = Passwords(keyring, limit_s=LIMIT_S)
    for word in ("first", "second"):
        with pytest.raises(PasswordError, match="stored"):
            passwords.store(ADDRESS, "anna", word)
    assert passwords.get(ADDRESS, "anna") == "second"
    keyring.answered.set()
    wait_until(lambda: len(keyring.prompts) == 2 and keyring.kept)
    wait_until(lambda: list(keyring.kept.values()) == ["second"])


def test_the_end_of_the_program_waits_for_no_prompt(keyring: PromptingKeyring) -> None:
    passwords = Passwords(keyring, limit_s=PATIENCE_S)
    failed = threading.Event()

    def ask() -> None:
        with pytest.raises(PasswordError):
            passwords.get(ADDRESS, "anna")
        failed.set()

    threading.Thread(target=ask, daemon=True).start()
    wait_until(lambda: keyring.prompts)
    passwords.close()
    assert failed.wait(PATIENCE_S / 2)
