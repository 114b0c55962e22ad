"""Devices are kept, found by their secret alone, and put out for good."""

from __future__ import annotations

import os
import stat
from datetime import datetime, timedelta, timezone
from pathlib import Path

import pytest

from fallwatch.web.access.devices import Devices

NOON = datetime(2026, 3, 1, 12, 0, tzinfo=timezone.utc)


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "devices.json"


def test_a_device_is_found_by_its_secret_also_by_the_next_run(path: Path) -> None:
    device, secret = Devices(path).add("Anna\n<b>", "acknowledge")
    again = Devices(path)
    found = again.find(secret)
    assert found is not None
    assert (found.device_id, found.name) == (device.device_id, "Anna <b>")
    assert found.may("look")
    assert found.may("acknowledge")
    assert not found.may("administer")
    assert again.find(secret + "x") is None
    assert again.find("") is None


def test_the_secret_is_nowhere_kept_and_only_the_owner_reads_the_file(path: Path) -> None:
    _, secret = Devices(path).add("Anna", "look")
    assert secret not in path.read_text()
    if os.name == "posix":
        assert stat.S_IMODE(path.stat().st_mode) == 0o600


def test_who_is_put_out_stays_out(path: Path) -> None:
    devices = Devices(path)
    device, secret = devices.add("Anna", "look")
    assert devices.revoke(device.device_id)
    assert not devices.revoke(device.device_id)
    assert devices.find(secret) is None
    assert Devices(path).find(secret) is None


@pytest.mark.parametrize("content", ["", "{}", "[{}]", '[{"device_id": 1}]', "\x00"])
def test_a_damaged_file_lets_nobody_in_and_is_not_written_over(path: Path, content: str) -> None:
    path.write_text(content)
    devices = Devices(path)
    assert devices.all() == ()
    assert devices.find("x") is None
    with pytest.raises(ValueError, match=r"devices\.json"):
        devices.add("Anna", "look")
    assert path.read_text() == content


def test_when_a_device_was_last_there_is_kept_now_and_then(path: Path) -> None:
    now = [NOON]
    devices = Devices(path, lambda: now[0])
    _, secret = devices.add("Anna", "look")
    now[0] += timedelta(minutes=5)
    devices.find(secret)
    assert Devices(path).all()[0].seen_utc == "2026-03-01T12:00:00.000Z"
    now[0] += timedelta(minutes=6)
    devices.find(secret)
    assert Devices(path).all()[0].seen_utc == "2026-03-01T12:11:00.000Z"


def test_there_is_an_end_to_the_list(path: Path) -> None:
    devices = Devices(path)
    for number in range(50):
        devices.add(f"Phone {number}", "look")
    with pytest.raises(ValueError, match="revoke"):
        devices.add("One more", "look")
