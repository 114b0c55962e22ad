"""Files that somebody else has open: on Windows they can be moved only later."""

from __future__ import annotations

from pathlib import Path

import pytest

from fallwatch.system import files
from fallwatch.system.files import patiently, replace_patiently, write_private


def test_a_file_that_is_looked_at_for_a_moment_is_written(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    left = [3]
    replace = Path.replace

    def look(self: Path, target: Path) -> Path:
        if left[0]:
            left[0] -= 1
            raise PermissionError(13, "The process cannot access the file")
        return replace(self, target)

    monkeypatch.setattr(files, "OPEN_FILES_STAY", True)
    monkeypatch.setattr(Path, "replace", look)
    write_private(tmp_path / "settings.toml", b"new")
    assert (tmp_path / "settings.toml").read_bytes() == b"new"
    assert left == [0]


def test_a_file_that_stays_open_is_an_error_and_the_old_one_stays(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def never(self: Path, target: Path) -> Path:
        raise PermissionError(13, "The process cannot access the file")

    target = tmp_path / "settings.toml"
    target.write_bytes(b"old")
    monkeypatch.setattr(files, "OPEN_FILES_STAY", True)
    monkeypatch.setattr(files, "_PATIENCE_S", 0.05)
    monkeypatch.setattr(Path, "replace", never)
    with pytest.raises(PermissionError):
        replace_patiently(tmp_path / "other", target, 0.05)
    assert target.read_bytes() == b"old"


@pytest.mark.parametrize("error", [PermissionError, FileNotFoundError])
def test_elsewhere_and_for_other_reasons_nothing_is_tried_twice(
    monkeypatch: pytest.MonkeyPatch, error: type[OSError]
) -> None:
    tries = []

    def fail() -> None:
        tries.append(1)
        raise error

    monkeypatch.setattr(files, "OPEN_FILES_STAY", error is FileNotFoundError)
    with pytest.raises(error):
        patiently(fail)
    assert tries == [1]
