"""Label lines of every form give the right box; all others are refused by file and line."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from fallwatch.evaluation.clips.text_file import MOST_BYTES
from train.classes import FALL, NOT_FALL
from train.data.class_names import ClassNames
from train.data.yolo_labels import LabelledBox, read_label_file
from train.errors import TrainError

CLASSES = ClassNames(("fall", "normal", "ignore"), (FALL, NOT_FALL, None))

_EACH = settings(
    max_examples=300, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)


def _read(folder: Path, text: str | bytes, classes: ClassNames = CLASSES) -> list[LabelledBox]:
    path = folder / "a.txt"
    path.write_bytes(text if isinstance(text, bytes) else text.encode())
    return read_label_file(path, classes)


def _corners(box: LabelledBox) -> list[float]:
    return [round(value, 6) for value in (box.left, box.top, box.right, box.bottom)]


@pytest.mark.parametrize(
    "line",
    [
        "0 0.5 0.5 0.4 0.2",
        "0.0\t.5  5e-1 +0.4 0.2",
        "0 0.5 0.5 0.4 0.2 0.93",
        "0 0.3 0.4 0.7 0.4 0.7 0.6 0.3 0.6",
        "0 0.3 0.4 0.7 0.4 0.7 0.6 0.3 0.6 0.88",
        "0 0.5 0.4 0.7 0.5 0.5 0.6 0.3 0.5",
        "0 0.3 0.4 0.7 0.5 0.4 0.6",
        "0 0.3 0.5 0.4 0.4 0.7 0.5 0.5 0.6 0.4 0.45",
    ],
)
def test_boxes_polygons_and_oriented_boxes_become_the_box_around_them(
    tmp_path: Path, line: str
) -> None:
    (box,) = _read(tmp_path, line)
    assert (_corners(box), box.label) == ([0.3, 0.4, 0.7, 0.6], FALL)


def test_points_of_a_skeleton_that_the_set_announces_follow_the_box(tmp_path: Path) -> None:
    posed = ClassNames(("fall",), (FALL,), keypoint_numbers=6)
    (box,) = _read(tmp_path, "0 0.5 0.5 0.4 0.2 0.1 0.1 2 0.9 0.9 0", posed)
    assert _corners(box) == [0.3, 0.4, 0.7, 0.6]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be"])
@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
def test_encodings_and_line_ends_of_all_systems_are_read(
    tmp_path: Path, encoding: str, end: str
) -> None:
    text = end.join(["0 0.5 0.5 0.4 0.2", "", "1 0.5 0.5 0.2 0.2", "2 0.5 0.5 0.2 0.2", ""])
    assert [box.label for box in _read(tmp_path, text.encode(encoding))] == [FALL, NOT_FALL, None]


def test_an_empty_file_labels_a_background(tmp_path: Path) -> None:
    assert _read(tmp_path, "") == _read(tmp_path, b"\xef\xbb\xbf\r\n \r\n") == []


def test_rounding_may_carry_a_number_a_little_out(tmp_path: Path) -> None:
    assert len(_read(tmp_path, "0 -0.000001 1.000001 0.1 0.1")) == 1


@pytest.mark.parametrize(
    "line",
    [
        "1 230 192 90 298",
        "0 50 50 40 20",
        "0 -0.5 0.5 0.4 0.2",
        "0 0.5 0.5 nan 0.2",
        "0 0.5 0.5 inf 0.2",
        "0 0.5 0.5 1e999 0.2",
        "0 0.5 0.5 1e308 0.2",
        "0 0.5 0.5 0.4",
        "0",
        "nan 0.5 0.5 0.4 0.2",
        "1e300 0.5 0.5 0.4 0.2",
        "-1 0.5 0.5 0.4 0.2",
        "-0.5 0.5 0.5 0.4 0.2",
        "0.7 0.5 0.5 0.4 0.2",
        "3 0.5 0.5 0.4 0.2",
        "fall 0.5 0.5 0.4 0.2",
        "0,0.5,0.5,0.4,0.2",
        "0 0,5 0,5 0,4 0,2",
        "0 0_5 0.5 0.4 0.2",
        "0 ٠.5 0.5 0.4 0.2",
        "0 0.5 0.5 0.4 0.2 1.57",
        "0 0.5 0.5 0.4 0.2 7",
        "0 0.5 0.5 0.4 0.2 0.9 1",
        "0 0.3 0.4 0.7 0.4 0.7 600 0.3 0.6",
        "0 0.5 0.5 0.4 0.2\x000",
        "0 0.5 0.5 0.4 \udcff".encode("utf-8", "surrogateescape"),
    ],
)
def test_all_else_is_refused_with_file_and_line(tmp_path: Path, line: str | bytes) -> None:
    data = line if isinstance(line, bytes) else line.encode()
    with pytest.raises(TrainError, match=r"a\.txt, line 2\b"):
        _read(tmp_path, b"0 0.5 0.5 0.4 0.2\n" + data + b"\n")


def test_a_file_without_end_does_not_fill_the_memory(tmp_path: Path) -> None:
    with (tmp_path / "a.txt").open("wb") as file:
        file.truncate(MOST_BYTES * 1000)
    with pytest.raises(TrainError, match=r"a\.txt, line 1"):
        read_label_file(tmp_path / "a.txt", CLASSES)
    with pytest.raises(TrainError, match="is not a file"):
        read_label_file(tmp_path, CLASSES)


_TOKENS = st.sampled_from([
    "0", "1", "2", "-1", "0.5", ".25", "1e-1", "nan", "inf", "1e999", "640", "0,5", "ä",
    "\n", "\r\n", "\r", "\t", "\x00", "\x0c", "\u2028", "\ufeff",
])  # fmt: skip
_LINES = st.lists(_TOKENS, max_size=20).map(lambda tokens: " ".join(tokens).encode())


@given(data=st.one_of(st.binary(max_size=200), _LINES))
@_EACH
def test_whatever_bytes_a_label_file_holds_it_is_read_or_refused_by_line(
    tmp_path_factory: pytest.TempPathFactory, data: bytes
) -> None:
    path = tmp_path_factory.mktemp("labels") / "a.txt"
    path.write_bytes(data)
    people, problem = [], "a.txt, line "
    try:
        people = read_label_file(path, CLASSES)
    except TrainError as error:
        problem = str(error)
    assert b"a.txt, line " in problem.encode()
    for each in people:
        box = each.in_pixels(100, 100)
        assert max(abs(box.left_px), abs(box.right_px), abs(box.bottom_px)) < 200
