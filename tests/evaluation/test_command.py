"""The clips of several folders, as `fallwatch evaluate` joins them."""

from __future__ import annotations

from pathlib import Path

import pytest

from fallwatch.evaluation.clips.clips import ClipFolderError
from fallwatch.evaluation.command import _clips_in


def folder(path: Path, *names: str) -> Path:
    path.mkdir(parents=True)
    for name in names:
        (path / name).write_bytes(name.encode())
    return path


def test_the_clips_of_several_folders_come_together_each_once(tmp_path: Path) -> None:
    one = folder(tmp_path / "one", "a.mp4", "b.mp4")
    two = folder(tmp_path / "two", "a.mp4")
    clips, remarks = _clips_in([one, two, one])
    assert [clip.key for clip in clips] == ["one/a.mp4", "one/b.mp4", "two/a.mp4"]
    assert any("one" in remark for remark in remarks)
    assert any("two" in remark for remark in remarks)


def test_two_clips_that_would_be_called_the_same_are_named(tmp_path: Path) -> None:
    here = folder(tmp_path / "here" / "set", "a.mp4")
    there = folder(tmp_path / "there" / "set", "a.mp4")
    with pytest.raises(ClipFolderError, match=r"set/a\.mp4") as error:
        _clips_in([here, there])
    assert str(here) in str(error.value)
    assert str(there) in str(error.value)


def test_the_folder_without_clips_is_the_one_named(tmp_path: Path) -> None:
    full, empty = folder(tmp_path / "full", "a.mp4"), folder(tmp_path / "empty")
    with pytest.raises(ClipFolderError, match=f"no clips in {empty}"):
        _clips_in([full, empty])
