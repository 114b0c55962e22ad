"""Search for clips in folders, with their annotations."""

from __future__ import annotations

from pathlib import Path

import pytest

from fallwatch.evaluation.clips.clips import USUAL_FALL_S, ClipFolderError, FallSeconds
from fallwatch.evaluation.clips.folders import find_clips
from fallwatch.evaluation.clips.labels import read_labels
from fallwatch.evaluation.clips.le2i import AnnotationError, FallFrames, read_fall_frames


def put(path: Path, text: str = "") -> Path:
    """A file with its folders; a clip's content does not matter for finding it."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")
    return path


def test_le2i_rooms_are_read_with_their_annotations(tmp_path: Path) -> None:
    put(tmp_path / "Home_01" / "Videos" / "video (1).avi")
    put(tmp_path / "Home_01" / "Videos" / "video (2).avi")
    put(tmp_path / "Home_01" / "Annotation_files" / "video (1).txt", "26\n51\n1,1,0,0,0,0\n")
    put(tmp_path / "Home_01" / "Annotation_files" / "video (2).txt", "0\n0\n1,1,0,0,0,0\n")
    found = find_clips(tmp_path)
    assert [clip.source for clip in found.clips] == ["Home_01", "Home_01"]
    assert found.clips[0].falls == (FallFrames(26, 51),)
    assert found.clips[0].falls[0].seconds(25.0) == (1.0, 2.0)
    assert found.clips[1].falls == ()
    assert found.remarks == []


def test_a_le2i_room_without_annotations_is_not_taken_for_everyday_life(tmp_path: Path) -> None:
    put(tmp_path / "Office" / "Videos" / "video (1).avi")
    found = find_clips(tmp_path)
    assert [clip.labelled for clip in found.clips] == [False]
    assert "Office: 1 clip without an annotation file" in found.remarks[0]
    assert "not counted" in found.remarks[0]


@pytest.mark.parametrize("given", ["Home_01", "Home_01/Videos"])
def test_a_room_or_its_videos_can_be_given_directly(tmp_path: Path, given: str) -> None:
    put(tmp_path / "Home_01" / "Videos" / "video (1).avi")
    put(tmp_path / "Home_01" / "Annotation_files" / "video (1).txt", "26\n51\n")
    clips = find_clips(tmp_path / given).clips
    assert [(clip.source, clip.falls) for clip in clips] == [("Home_01", (FallFrames(26, 51),))]


def test_le2i_annotations_with_boxes_only_name_no_fall(tmp_path: Path) -> None:
    assert read_fall_frames(put(tmp_path / "a.txt", "1,1,10,20,30,40\n2,1,0,0,0,0\n")) is None


@pytest.mark.parametrize("text", ["", "12\n", "twelve\n13\n", "20\n10\n", "0\n10\n"])
def test_a_senseless_le2i_annotation_names_the_file(tmp_path: Path, text: str) -> None:
    put(tmp_path / "clip.avi")
    put(tmp_path / "clip.txt", text)
    with pytest.raises(AnnotationError, match=r"clip\.txt"):
        read_fall_frames(tmp_path / "clip.txt")
    with pytest.raises(ClipFolderError, match=r"clip\.txt"):
        find_clips(tmp_path)


def test_events_csv_lists_clips_in_the_folder_videos(tmp_path: Path) -> None:
    for name in ("a.mp4", "b.mp4", "c.mp4"):
        put(tmp_path / "set" / "videos" / name)
    put(
        tmp_path / "set" / "events.csv",
        "clip,fps,frames,fall_start_s,lying_start_s\na.mp4,30,90,1.5,2.25\nb,30,90,,\n",
    )
    found = find_clips(tmp_path)
    by_name = {clip.path.name: clip for clip in found.clips}
    assert by_name["a.mp4"].falls == (FallSeconds(1.5, 2.25),)
    assert by_name["b.mp4"].falls == ()
    assert by_name["b.mp4"].labelled
    assert not by_name["c.mp4"].labelled
    assert {clip.source for clip in found.clips} == {"set"}
    assert found.remarks == ["set: 1 clip not listed in events.csv: shown, not counted."]


def test_a_listed_clip_that_is_missing_stays_in_so_that_it_is_reported(tmp_path: Path) -> None:
    put(tmp_path / "labels.csv", "clip,fall_start_s,fall_end_s\ngone.mp4,1,2\n")
    assert [clip.path.name for clip in find_clips(tmp_path).clips] == ["gone.mp4"]


def test_labels_csv_may_give_one_clip_several_falls(tmp_path: Path) -> None:
    path = put(
        tmp_path / "labels.csv", "clip,fall_start_s,fall_end_s\na.mp4,9,10\na.mp4,2,\nb.mp4,,\n"
    )
    labels = read_labels(path)
    assert labels == {"a.mp4": (FallSeconds(2.0), FallSeconds(9.0, 10.0)), "b.mp4": ()}
    assert labels["a.mp4"][0].seconds(25.0) == (2.0, 2.0 + USUAL_FALL_S)


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("name,fall_start_s\na.mp4,1\n", "no column clip"),
        ("clip,start\na.mp4,1\n", "no column fall_start_s"),
        ("", "no column clip"),
        ("clip,fall_start_s\na.mp4,soon\n", "line 2, gives fall_start_s as 'soon'"),
        ("clip,fall_start_s\na.mp4,-1\n", "line 2, gives fall_start_s as '-1'"),
        ("clip,fall_start_s\na.mp4,nan\n", "line 2, gives fall_start_s as 'nan'"),
        ("clip,fall_start_s,fall_end_s\na.mp4,3,2\n", "line 2, lets the fall end"),
        ("clip,fall_start_s\n,3\n", "line 2, names no clip"),
    ],
)
def test_a_wrong_label_file_is_named_with_line_and_reason(
    tmp_path: Path, text: str, problem: str
) -> None:
    path = put(tmp_path / "labels.csv", text)
    with pytest.raises(ClipFolderError) as raised:
        find_clips(tmp_path)
    assert str(path) in str(raised.value)
    assert problem in str(raised.value)


def test_clips_without_labels_count_as_everyday_life_and_it_is_said(tmp_path: Path) -> None:
    put(tmp_path / "home" / "tea.mp4")
    found = find_clips(tmp_path / "home")
    assert [(clip.labelled, clip.falls) for clip in found.clips] == [(True, ())]
    assert found.remarks == ["home: 1 clip without labels: counted as everyday life, nobody falls."]


def test_names_give_source_and_activity_and_sport_is_known(tmp_path: Path) -> None:
    put(tmp_path / "everyday" / "ann__squat__1.mp4")
    put(tmp_path / "everyday" / "ann__exercise_lying__2.mp4")
    put(tmp_path / "everyday" / "ben__sit_chair__3.mp4")
    clips = {clip.activity: clip for clip in find_clips(tmp_path).clips}
    assert clips["squat"].source == "everyday/ann"
    assert clips["squat"].is_sport
    assert clips["exercise_lying"].is_sport
    assert clips["sit_chair"].source == "everyday/ben"
    assert not clips["sit_chair"].is_sport


def test_text_files_beside_clips_are_annotations(tmp_path: Path) -> None:
    put(tmp_path / "fall.mp4")
    put(tmp_path / "fall.txt", "48\n61\n")
    put(tmp_path / "other.mp4")
    found = find_clips(tmp_path)
    assert [(clip.labelled, clip.falls) for clip in found.clips] == [
        (True, (FallFrames(48, 61),)),
        (False, ()),
    ]
    assert "other.mp4 has no text file" in found.remarks[0]


def test_a_shelf_of_several_data_sets_is_read_as_a_whole(tmp_path: Path) -> None:
    put(tmp_path / "one" / "videos" / "a.mp4")
    put(tmp_path / "one" / "events.csv", "clip,fall_start_s\na.mp4,1\n")
    put(tmp_path / "two" / "Room" / "Videos" / "b.avi")
    put(tmp_path / "two" / "Room" / "Annotation_files" / "b.txt", "0\n0\n")
    put(tmp_path / "pictures" / "c.jpg")
    put(tmp_path / ".hidden" / "d.mp4")
    assert [clip.key for clip in find_clips(tmp_path).clips] == ["one/a.mp4", "two/Room/b.avi"]


def test_what_is_no_folder_is_said(tmp_path: Path) -> None:
    with pytest.raises(ClipFolderError, match="is not a folder"):
        find_clips(tmp_path / "nowhere")


def test_the_shared_data_is_understood_as_a_whole(fallwatch_data: Path) -> None:
    found = find_clips(fallwatch_data)
    falls = {}
    for clip in found.clips:
        falls[clip.source] = falls.get(clip.source, 0) + len(clip.falls)
    assert (falls["urfd"], falls["gmdcsa24"], falls["demo"]) == (30, 6, 1)
    assert falls["intel_walking"] == 0
    assert any(source.startswith("le2i_layout/") for source in falls)
    assert sum(clip.is_sport for clip in found.clips) > 10
    assert len({clip.key for clip in found.clips}) == len(found.clips)
