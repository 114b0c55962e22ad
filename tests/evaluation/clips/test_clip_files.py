"""Clips of all common endings are found; other videos are named as left out."""

from __future__ import annotations

from pathlib import Path

import pytest

from fallwatch.evaluation.clips.clip_files import clip_files
from fallwatch.evaluation.clips.folders import find_clips

MP4 = b"\x00\x00\x00\x20ftypisom\x00\x00\x02\x00"


@pytest.mark.parametrize(
    "ending",
    [
        "mp4", "avi", "mov", "mkv", "m4v", "webm", "mpg", "mpeg", "ts", "mts", "m2ts", "wmv",
        "3gp", "flv", "asf", "ogv", "vob", "h264", "MP4", "TS",
    ],
)  # fmt: skip
def test_clips_of_common_endings_are_found_in_any_case(tmp_path: Path, ending: str) -> None:
    path = tmp_path / f"a.{ending}"
    path.write_bytes(MP4)
    assert clip_files(tmp_path) == [path]


def test_texts_with_the_ending_of_a_clip_are_none(tmp_path: Path) -> None:
    (tmp_path / "fallwatch_de.ts").write_text('<?xml version="1.0"?>\n<TS>' + "ä" * 400)
    (tmp_path / "index.mts").write_text("export const a = 1;\n")
    (tmp_path / "empty.ts").write_bytes(b"")
    assert [path.name for path in clip_files(tmp_path)] == ["empty.ts"]


@pytest.mark.parametrize("name", ["record", "cam.part", "a.xyz", "a.mp4.bak", "x.vivo", "y.fli"])
def test_videos_of_other_endings_are_named_as_left_out(tmp_path: Path, name: str) -> None:
    (tmp_path / "a.mp4").write_bytes(MP4)
    (tmp_path / name).write_bytes(MP4)
    found = find_clips(tmp_path)
    assert len(found.clips) == 1
    assert [r for r in found.remarks if "1 clip left out" in r and name in r]


def test_what_is_no_video_is_passed_over_in_silence(tmp_path: Path) -> None:
    (tmp_path / "a.mp4").write_bytes(MP4)
    for name in (".DS_Store", "._a.mp4", "Thumbs.db", "notes.md", "photo.heic", "voice.m4a"):
        (tmp_path / name).write_bytes(MP4 if name.startswith(("photo", "voice")) else b"\x00\x01")
    found = find_clips(tmp_path)
    assert [clip.path.name for clip in found.clips] == ["a.mp4"]
    assert len(found.remarks) == 1
