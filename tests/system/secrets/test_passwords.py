from __future__ import annotations

import stat
import traceback
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from keyring.errors import KeyringLocked, NoKeyringError

from fallwatch.system.secrets.password_file import PasswordFile
from fallwatch.system.secrets.passwords import PasswordError, Passwords, split_login, with_login
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


def test_a_locked_keyring_is_not_gone_round(tmp_path: Path) -> None:
    file = PasswordFile(tmp_path / "passwords.json")
    passwords = Passwords(BrokenKeyring(KeyringLocked("locked")), file)
    with pytest.raises(PasswordError, match="Unlock"):
        passwords.get(ADDRESS, "anna")
    with pytest.raises(PasswordError, match="Unlock"):
        passwords.store(ADDRESS, "anna", "s@fe")
    assert passwords.get(ADDRESS, "anna") == "s@fe"
    assert not file.path.exists()


def test_without_a_keyring_a_file_for_the_owner_alone_holds_it_and_that_is_said(
    tmp_path: Path,
) -> None:
    file = PasswordFile(tmp_path / "passwords.json")
    said = Passwords(BrokenKeyring(NoKeyringError()), file).store(ADDRESS, "anna", "s@fe")
    assert said is not None
    assert str(file.path) in str(said)
    assert "not encrypted" in str(said)
    assert "s@fe" not in str(said)
    assert stat.S_IMODE(file.path.stat().st_mode) == 0o600
    assert Passwords(BrokenKeyring(NoKeyringError()), file).get(ADDRESS, "anna") == "s@fe"
    with pytest.raises(PasswordError, match="no keyring"):
        Passwords(BrokenKeyring(NoKeyringError()), file).get(ADDRESS, "bert")


def test_a_keyring_that_comes_later_takes_the_password_out_of_the_file(tmp_path: Path) -> None:
    file = PasswordFile(tmp_path / "passwords.json")
    Passwords(BrokenKeyring(NoKeyringError()), file).store(ADDRESS, "anna", "s@fe")
    keyring = FakeKeyring()
    assert Passwords(keyring, file).store(ADDRESS, "anna", "s@fe") is None
    assert "s@fe" not in file.path.read_text()
    assert Passwords(keyring, file).get(ADDRESS, "anna") == "s@fe"


def test_a_file_that_others_can_read_is_closed_to_them_when_it_is_used(tmp_path: Path) -> None:
    file = PasswordFile(tmp_path / "passwords.json")
    file.put("one", "s@fe")
    file.path.chmod(0o644)
    assert file.get("one") == "s@fe"
    assert stat.S_IMODE(file.path.stat().st_mode) == 0o600


@pytest.mark.parametrize("content", [b"{'one': 's@fe'", b'{"one": ["s@fe"]}', b"\xff s@fe", b"[]"])
def test_a_damaged_file_is_named_and_nothing_of_it_is_told(tmp_path: Path, content: bytes) -> None:
    file = PasswordFile(tmp_path / "passwords.json")
    file.path.write_bytes(content)
    with pytest.raises(PasswordError, match=r"passwords\.json") as told:
        Passwords(BrokenKeyring(NoKeyringError()), file).store(ADDRESS, "anna", "other")
    assert "s@fe" not in "".join(traceback.format_exception(told.value))
    assert file.path.read_bytes() == content


@given(st.text(min_size=1), st.text())
def test_any_login_goes_into_an_address_and_out_again(user: str, password: str) -> None:
    address = with_login(ADDRESS, user, password)
    assert split_login(address) == (ADDRESS, user, password)


@pytest.mark.parametrize("text", ["0", "/films/a@b.mp4", "rtsp://10.0.0.7/a@b", ""])
def test_what_holds_no_login_stays_as_it_is(text: str) -> None:
    assert split_login(text) == (text, "", "")
