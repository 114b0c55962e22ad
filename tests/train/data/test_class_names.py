"""Which class means fall is read from the set's own names, or the set is refused."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from train.classes import FALL, NOT_FALL
from train.data.class_names import read_class_names
from train.errors import TrainError

_EACH = settings(
    max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)


def _meanings(folder: Path, text: str | bytes, name: str = "data.yaml") -> tuple[int | None, ...]:
    (folder / name).parent.mkdir(parents=True, exist_ok=True)
    (folder / name).write_bytes(text if isinstance(text, bytes) else text.encode())
    return read_class_names(folder).meanings


@pytest.mark.parametrize(
    "text",
    [
        "names: ['normal', 'fall']\nnc: 2\n",
        "names: [Not-Fall, Fall-Detected]\n",
        "nc: 2\nnames:\n- no_fall\n- FALLEN\n",
        "names:\n  1: Falling\n  0: NotFall\n",
        'names: {0: "Standing", 1: "Fall"}\r\n',
        "path: .\rnames: [sitting, 'fall']\r",
        "# f\xfcr uns\nnames: [normal, fall]\n".encode("latin-1"),
        "names: [normal, fall]\n".encode("utf-16"),
        "\ufeffnames: [normal, fall]\n".encode(),
    ],
)
def test_the_names_of_a_yaml_file_decide_and_not_the_numbers(
    tmp_path: Path, text: str | bytes
) -> None:
    assert _meanings(tmp_path, text) == (NOT_FALL, FALL)


@pytest.mark.parametrize(
    "place",
    ["dataset.yml", "Fall.YAML", "classes.txt", "labels/classes.txt", "train/_darknet.labels"],
)
def test_names_are_found_wherever_tools_put_them(tmp_path: Path, place: str) -> None:
    listed = place.endswith(("txt", "labels"))
    text = "standing\nFall\n\n" if listed else "names: [standing, Fall]"
    assert _meanings(tmp_path, text, place) == (NOT_FALL, FALL)


def test_a_part_of_a_set_takes_the_names_from_above(tmp_path: Path) -> None:
    (tmp_path / "data.yaml").write_text("names: [normal, fall]")
    (tmp_path / "train").mkdir()
    assert read_class_names(tmp_path / "train").meanings == (NOT_FALL, FALL)


@pytest.mark.parametrize(
    ("text", "line"),
    [
        ("names: [fall, jumping]", 1),
        ("nc: 2\nnames:\n- fall\n- '1'\n", 4),
        ("nc: 3\nnames: [fall, normal]", 1),
        ("names: {1: fall, 2: normal}", 1),
        ("names:\n  0: fall\n  0: normal\n", 3),
        ("names: fall\n", 1),
        ("train: images\n", 1),
        ("names: [fall, [normal]]", 1),
        ("names: []", 1),
        ("names: [fall, normal]\nnames: [normal, fall]\n", 2),
        ("names: [fall, 'normal\n", 2),
        ("names: &a [*a]", 1),
        ("a: \x01\nnames: [fall]", 1),
        ("names: " + "[" * 3000, 1),
    ],
)
def test_a_file_that_does_not_say_it_is_refused_by_line(
    tmp_path: Path, text: str, line: int
) -> None:
    with pytest.raises(TrainError, match=rf"data\.yaml, line {line}\b"):
        _meanings(tmp_path, text)


def test_an_empty_line_among_the_names_does_not_move_those_after_it(tmp_path: Path) -> None:
    with pytest.raises(TrainError, match=r"classes\.txt, line 2, is empty"):
        _meanings(tmp_path, "standing\n\nfall\n", "classes.txt")


def test_two_files_of_names_must_agree(tmp_path: Path) -> None:
    (tmp_path / "classes.txt").write_text("Fall\nNormal\n")
    assert _meanings(tmp_path, "names: [fall, normal]") == (FALL, NOT_FALL)
    with pytest.raises(TrainError, match=r"data\.yaml and .*classes\.txt|classes\.txt and .*data"):
        _meanings(tmp_path, "names: [normal, fall]")


def test_other_yaml_files_beside_a_set_are_passed_over(tmp_path: Path) -> None:
    assert read_class_names(tmp_path).origin is None
    (tmp_path / "training.yaml").write_text("epochs: [1\n")
    assert _meanings(tmp_path, "names: [normal, fall]") == (NOT_FALL, FALL)


@given(data=st.binary(max_size=300), name=st.sampled_from(["data.yaml", "classes.txt"]))
@_EACH
def test_whatever_bytes_a_file_of_names_holds_it_is_read_or_refused_by_line(
    tmp_path_factory: pytest.TempPathFactory, data: bytes, name: str
) -> None:
    folder = tmp_path_factory.mktemp("set")
    (folder / name).write_bytes(data)
    problem = f"{name}, line "
    try:
        read_class_names(folder)
    except TrainError as error:
        problem = str(error)
    assert f"{name}, line ".encode() in problem.encode()
