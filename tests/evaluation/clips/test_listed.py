"""What label tables name is found, and each clip counts once, whoever tells of it."""

from __future__ import annotations

import os
import unicodedata
from pathlib import Path

import pytest

from fallwatch.evaluation.clips.clips import ClipFolderError, FallSeconds
from fallwatch.evaluation.clips.folders import find_clips

FALL = (FallSeconds(3.0, 4.0),)


def put(path: Path, content: str | bytes = b"clip") -> Path:
    """A file with its folders."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    return path


def table(path: Path, *names: str) -> Path:
    """A table that tells of one fall in each clip."""
    rows = "".join(f"{name};3;4\n" for name in names)
    return put(path, f"clip;fall_start_s;fall_end_s\n{rows}")


def falls(folder: Path) -> dict[str, object]:
    """The falls of each clip that counts, by its path in the folder."""
    return {
        clip.path.resolve().relative_to(folder.resolve()).as_posix(): clip.falls
        for clip in find_clips(folder).clips
        if clip.labelled
    }


@pytest.mark.parametrize(
    "name",
    [
        "room1/a.mp4", "./room1/a.mp4", "room1\\a.mp4", "room1/a", "ROOM1/A.MP4", "a.mp4", "a",
        "C:\\Users\\me\\set\\room1\\a.mp4", "/home/me/set/room1/a.mp4", "set/room1/a.mp4",
        "../set/room1/a.mp4", "room2/../room1/a.mp4",
    ],
)  # fmt: skip
def test_a_clip_named_by_any_path_counts_once(tmp_path: Path, name: str) -> None:
    put(tmp_path / "set" / "room1" / "a.mp4")
    put(tmp_path / "set" / "room2" / "b.mp4")
    table(tmp_path / "set" / "labels.csv", name)
    found = find_clips(tmp_path / "set")
    assert [(clip.key, clip.falls) for clip in found.clips if clip.labelled] == [
        ("room1/a.mp4", FALL)
    ]
    assert "room2: 1 clip not listed in labels.csv: shown, not counted." in found.remarks


def test_an_absolute_path_of_this_computer_is_that_file(tmp_path: Path) -> None:
    clip = put(tmp_path / "set" / "room1" / "a.mp4")
    elsewhere = put(tmp_path / "other" / "a.mp4", b"else")
    table(tmp_path / "set" / "labels.csv", str(clip), str(elsewhere))
    found = find_clips(tmp_path / "set").clips
    assert [clip.path for clip in found] == [clip, elsewhere]
    assert len({clip.key for clip in found}) == 2


@pytest.mark.parametrize("second", ["events.csv", "room1/labels.csv", "room1/events.tsv"])
def test_a_clip_that_two_tables_tell_of_counts_once(tmp_path: Path, second: str) -> None:
    put(tmp_path / "room1" / "a.mp4")
    table(tmp_path / "labels.csv", "room1/a.mp4")
    table(tmp_path / second, "a.mp4")
    assert falls(tmp_path) == {"room1/a.mp4": FALL}
    put(tmp_path / second, "clip,fall_start_s,fall_end_s\na.mp4,9,10\n")
    with pytest.raises(ClipFolderError, match=r"labels\.csv.* tell different falls of a\.mp4|tell"):
        find_clips(tmp_path)


def test_a_table_wins_over_a_text_file_of_the_same_clip(tmp_path: Path) -> None:
    put(tmp_path / "Room" / "Videos" / "a.avi")
    put(tmp_path / "Room" / "Annotation_files" / "a.txt", "76\n101\n")
    table(tmp_path / "labels.csv", "Room/Videos/a.avi")
    assert falls(tmp_path) == {"Room/Videos/a.avi": FALL}


def test_a_name_that_may_mean_several_clips_is_refused(tmp_path: Path) -> None:
    for room in ("room1", "room2"):
        put(tmp_path / room / "a.mp4")
    path = table(tmp_path / "labels.csv", "a.mp4")
    with pytest.raises(ClipFolderError, match=r"room1/a\.mp4, room2/a\.mp4") as raised:
        find_clips(tmp_path)
    assert str(path) in str(raised.value)
    put(tmp_path / "a.mp4")
    assert falls(tmp_path)["a.mp4"] == FALL


def test_a_clip_of_another_folder_is_not_taken_for_the_one_named(tmp_path: Path) -> None:
    put(tmp_path / "room2" / "a.mp4")
    table(tmp_path / "labels.csv", "room1/a.mp4")
    found = find_clips(tmp_path).clips
    assert [clip.path.relative_to(tmp_path).as_posix() for clip in found if clip.falls] == [
        "room1/a.mp4"
    ]


@pytest.mark.parametrize("encoding", ["utf-8", "cp1252", "cp850", "mac_roman", "utf-16"])
@pytest.mark.parametrize("form", ["NFC", "NFD", "latin-1"])
def test_names_are_found_in_any_encoding_and_composition(
    tmp_path: Path, encoding: str, form: str
) -> None:
    name = "Küche.mp4"
    stored = (
        os.fsdecode(name.encode("latin-1"))
        if form == "latin-1"
        else unicodedata.normalize(form, name)
    )
    put(tmp_path / stored)
    put(tmp_path / "labels.csv", f"clip;fall_start_s\n{name};3\n".encode(encoding))
    (clip,) = find_clips(tmp_path).clips
    assert clip.falls == (FallSeconds(3.0),)
    assert clip.key.encode()


def test_links_to_one_clip_count_once_and_folders_that_go_round_end(tmp_path: Path) -> None:
    put(tmp_path / "room" / "a.mp4")
    (tmp_path / "room" / "round").symlink_to(tmp_path)
    (tmp_path / "room" / "self").symlink_to(tmp_path / "room" / "self")
    (tmp_path / "again").symlink_to(tmp_path / "room")
    (tmp_path / "b.mp4").symlink_to(tmp_path / "room" / "a.mp4")
    (tmp_path / "gone.mp4").symlink_to(tmp_path / "nowhere")
    found = find_clips(tmp_path)
    assert [clip.path.name for clip in found.clips] == ["b.mp4"]
    assert [remark for remark in found.remarks if "a.mp4 is the same file as b.mp4" in remark]
    assert [remark for remark in found.remarks if "left out" in remark and "gone.mp4" in remark]
    with pytest.raises(ClipFolderError):
        find_clips(tmp_path / "room" / "self")


def test_a_workbook_is_not_taken_for_no_table_at_all(tmp_path: Path) -> None:
    put(tmp_path / "a.mp4")
    put(tmp_path / "labels.xlsx", b"PK")
    with pytest.raises(ClipFolderError, match=r"labels\.xlsx is not read\. Save it as CSV"):
        find_clips(tmp_path)
    table(tmp_path / "Labels.CSV", "a.mp4")
    assert falls(tmp_path) == {"a.mp4": FALL}


def test_a_table_that_is_a_link_to_nothing_is_not_taken_for_no_table(tmp_path: Path) -> None:
    put(tmp_path / "a.mp4")
    (tmp_path / "labels.csv").symlink_to(tmp_path / "nowhere")
    with pytest.raises(ClipFolderError, match=r"labels\.csv is not a file"):
        find_clips(tmp_path)


def test_clips_of_one_name_in_a_set_and_its_videos_have_keys_of_their_own(tmp_path: Path) -> None:
    put(tmp_path / "set" / "a.mp4", b"1")
    put(tmp_path / "set" / "videos" / "a.mp4", b"2")
    table(tmp_path / "set" / "labels.csv", "videos/a.mp4")
    clips = find_clips(tmp_path).clips
    assert len(clips) == len({clip.key for clip in clips}) == 2
