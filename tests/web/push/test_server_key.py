"""The key by which push services know this computer: kept, private, and renewed where damaged."""

from __future__ import annotations

import os
import stat
from pathlib import Path

import pytest

from fallwatch.web.push.server_key import ServerKey
from tests.web.push.fake_service import from_text, signer_of

ENDPOINT = "https://push.example.org/one"


def test_it_is_the_same_for_the_next_run_and_only_its_owner_reads_it(tmp_path: Path) -> None:
    path = tmp_path / "push_key.pem"
    public = ServerKey(path).public()
    assert len(from_text(public)) == 65
    assert ServerKey(path).public() == public
    if os.name == "posix":
        assert stat.S_IMODE(path.stat().st_mode) == 0o600


@pytest.mark.parametrize("content", [b"", b"nonsense", b"-----BEGIN PRIVATE KEY-----\n-----END"])
def test_a_damaged_one_is_made_again(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "push_key.pem"
    path.write_bytes(content)
    assert ServerKey(path).public() == ServerKey(path).public()


@pytest.mark.parametrize(
    ("address", "subject"),
    [
        ("", "mailto:fallwatch@example.org"),
        ("http://home.example.org", "mailto:fallwatch@example.org"),
        ("https://home.example.org:8443/x", "https://home.example.org"),
    ],
)
def test_a_token_names_the_service_and_whom_to_write_to(
    tmp_path: Path, address: str, subject: str
) -> None:
    key = ServerKey(tmp_path / "push_key.pem", lambda: address)
    header = key.headers(ENDPOINT)["Authorization"]
    public, claims = signer_of(header, "https://push.example.org")
    assert public == key.public()
    assert claims["sub"] == subject
