"""The room that is kept free for the record."""

from __future__ import annotations

import shutil
import stat
from pathlib import Path

import pytest

from fallwatch.events.reserve import RESERVE_BYTES, Reserve


class Disk:
    """Says how much is free."""

    def __init__(self, free: int) -> None:
        self.free = free


@pytest.fixture
def disk(monkeypatch: pytest.MonkeyPatch) -> Disk:
    disk = Disk(10**9)
    monkeypatch.setattr(shutil, "disk_usage", lambda path: disk)
    return disk


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "events.db.reserve"


def test_it_takes_up_room_that_nobody_else_can_read(path: Path, disk: Disk) -> None:
    Reserve(path).keep()
    assert path.stat().st_size == RESERVE_BYTES
    assert stat.S_IMODE(path.stat().st_mode) == 0o600


def test_it_is_given_free_once_and_only_when_the_disk_is_full(path: Path, disk: Disk) -> None:
    reserve = Reserve(path)
    reserve.keep()
    assert not reserve.release()
    assert path.exists()
    disk.free = 0
    assert reserve.release()
    assert not path.exists()
    assert not reserve.release()


def test_a_disk_with_little_room_is_left_to_others(path: Path, disk: Disk) -> None:
    disk.free = 2 * RESERVE_BYTES
    Reserve(path).keep()
    assert not path.exists()
