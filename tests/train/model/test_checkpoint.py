"""A checkpoint is read back by its own run alone, and a damaged one is refused in words."""

from __future__ import annotations

from pathlib import Path

import pytest

from train.errors import TrainError
from train.model.checkpoint import CHECKPOINT_FILE, Checkpoint


def test_the_state_is_read_back_with_its_fingerprint(tmp_path: Path) -> None:
    checkpoint = Checkpoint(tmp_path, "one")
    assert checkpoint.load() is None
    checkpoint.save({"epoch": 1})
    checkpoint.save({"epoch": 2})
    assert checkpoint.load() == {"fingerprint": "one", "epoch": 2}
    assert [path.name for path in tmp_path.iterdir()] == [CHECKPOINT_FILE]


def test_a_checkpoint_of_another_run_is_refused(tmp_path: Path) -> None:
    Checkpoint(tmp_path, "one").save({"epoch": 1})
    with pytest.raises(TrainError, match="other settings or data"):
        Checkpoint(tmp_path, "two").load()


def test_a_damaged_checkpoint_is_refused(tmp_path: Path) -> None:
    (tmp_path / CHECKPOINT_FILE).write_bytes(b"half a file")
    with pytest.raises(TrainError, match="cannot be read"):
        Checkpoint(tmp_path).load()


def test_a_kill_while_writing_leaves_the_old_state(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    checkpoint = Checkpoint(tmp_path)
    checkpoint.save({"epoch": 1})

    def killed(descriptor: int) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr("os.fsync", killed)
    with pytest.raises(KeyboardInterrupt):
        checkpoint.save({"epoch": 2})
    assert checkpoint.load() == {"fingerprint": "", "epoch": 1}
