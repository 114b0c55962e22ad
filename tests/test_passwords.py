from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from keyring.errors import KeyringLocked, NoKeyringError

from fallwatch.passwords import PasswordError, Passwords, split_login, with_login
from tests.ui.fakes import FakeKeyring

ADDRESS = "rtsp://10.0.0.7/one"


class BrokenKeyring:
    def __init__(self, error: Exception) -> None:
        self.error = error

    def get_password(self, service_name: str, username: str) -> str | None:
        raise self.error

    def set_password(self, service_name: str, username: str, password: str) -> None:
        raise self.error


def test_a_password_is_there_in_the_next_run() -> None:
    keyring = FakeKeyring()
    Passwords(keyring).store(ADDRESS, "anna", "s@fe")
    assert Passwords(keyring).get(ADDRESS, "anna") == "s@fe"
    assert Passwords(keyring).get(ADDRESS, "bert") == ""


@pytest.mark.parametrize(
    ("error", "words"),
    [(NoKeyringError(), "no keyring"), (KeyringLocked("locked"), "Unlock")],
)
def test_without_a_keyring_a_password_holds_for_this_run(error: Exception, words: str) -> None:
    passwords = Passwords(BrokenKeyring(error))
    with pytest.raises(PasswordError, match=words):
        passwords.get(ADDRESS, "anna")
    with pytest.raises(PasswordError, match=words):
        passwords.store(ADDRESS, "anna", "s@fe")
    assert passwords.get(ADDRESS, "anna") == "s@fe"


@given(st.text(min_size=1), st.text())
def test_any_login_goes_into_an_address_and_out_again(user: str, password: str) -> None:
    address = with_login(ADDRESS, user, password)
    assert split_login(address) == (ADDRESS, user, password)


@pytest.mark.parametrize("text", ["0", "/films/a@b.mp4", "rtsp://10.0.0.7/a@b", ""])
def test_what_holds_no_login_stays_as_it_is(text: str) -> None:
    assert split_login(text) == (text, "", "")
