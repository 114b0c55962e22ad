"""Label tables of every spreadsheet program are read, or refused by file and line."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from fallwatch.evaluation.clips.clips import ClipFolderError, FallSeconds
from fallwatch.evaluation.clips.labels import read_labels

_EACH = settings(
    max_examples=300, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)

EXPECTED = {"a b.mp4": (FallSeconds(3.13, 4.0),), "Küche.mp4": ()}

TABLES = {
    "commas": "clip,fall_start_s,fall_end_s\na b.mp4,3.13,4.0\nKüche.mp4,,\n",
    "semicolons": "clip;fall_start_s;fall_end_s\na b.mp4;3,13;4,0\nKüche.mp4;;\n",
    "tabulators": "clip\tfall_start_s\tfall_end_s\na b.mp4\t3,13\t4\nKüche.mp4\t\t\n",
    "bars": "clip|fall_start_s|fall_end_s\na b.mp4|3.13|4\nKüche.mp4||\n",
    "said": "sep=;\nclip;fall_start_s;fall_end_s\na b.mp4;3,13;4\nKüche.mp4;;\n",
    "quoted": '"clip","fall_start_s","fall_end_s"\n"a b.mp4","3,13","4,0"\n"Küche.mp4","",""\n',
    "any case": " Clip , Fall Start S ,FALL_END_S\n a b.mp4 , 3.13 , 4.0 \nKüche.mp4,,\n",
    "empty columns": "clip,fall_start_s,fall_end_s,,,\na b.mp4,3.13,4.0,,,\nKüche.mp4\n",
    "empty lines": "\nclip,fall_start_s,fall_end_s\n\na b.mp4,3.13,4.0\n,,\nKüche.mp4,,\n,,,,\n",
    "more columns": "note,fall_end_s,clip,fall_start_s\n'x',4,a b.mp4,3.13\n,,Küche.mp4,\n",
    "twice": "clip,fall_start_s,fall_end_s\na b.mp4,3.13,4\na b.mp4,3.13,4\nKüche.mp4,,\n",
    "lying": "clip,fall_start_s,lying_start_s\na b.mp4,3.13,4.0\nKüche.mp4,,\n",
}


def _read(folder: Path, text: str | bytes) -> dict[str, tuple[FallSeconds, ...]]:
    path = folder / "labels.csv"
    path.write_bytes(text if isinstance(text, bytes) else text.encode())
    return read_labels(path)


@pytest.mark.parametrize("text", TABLES.values(), ids=TABLES)
@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"], ids=["LF", "CRLF", "CR"])
def test_tables_of_all_programs_say_the_same(tmp_path: Path, text: str, end: str) -> None:
    assert _read(tmp_path, text.replace("\n", end)) == EXPECTED


@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "utf-32"])
def test_tables_in_all_encodings_of_unicode_say_the_same(tmp_path: Path, encoding: str) -> None:
    assert _read(tmp_path, TABLES["semicolons"].encode(encoding)) == EXPECTED


@pytest.mark.parametrize(
    ("rows", "line", "reason"),
    [
        ("a.mp4,3,13,4,0\n", 2, "more cells than there are columns"),
        ("a.mp4,1\nb.mp4,1_0\n", 3, "'1_0'"),
        ("a.mp4,0:03\n", 2, "'0:03'"),
        ("a.mp4,1e308\n", 2, "'1e308'"),
        ("a.mp4,٣\n", 2, "'٣'"),
        ('a.mp4,"1.234,5"\n', 2, "not as a time"),
        ("a.mp4,,4\n", 2, "the end of a fall, but no fall_start_s"),
        ("a.mp4,\na.mp4,3\n", 3, "differ on whether somebody falls"),
        ('"a.mp4,3\n', 2, "no line of a CSV file"),
        ("a.mp4,3\x00\n", 2, "zero bytes"),
    ],
)
def test_what_is_not_clear_is_refused_by_line(
    tmp_path: Path, rows: str, line: int, reason: str
) -> None:
    with pytest.raises(ClipFolderError, match=rf"labels\.csv, line {line}\b") as raised:
        _read(tmp_path, f"clip,fall_start_s,fall_end_s\n{rows}")
    assert reason in str(raised.value)


def test_a_column_that_is_there_twice_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ClipFolderError, match="clip more than once"):
        _read(tmp_path, "clip,Clip,fall_start_s\na,b,1\n")


_CELLS = st.sampled_from(
    [
        "a.mp4",
        "3.13",
        "3,13",
        "nan",
        "-1",
        '"',
        '""',
        ";",
        ",",
        "\t",
        "\n",
        "\r\n",
        "\r",
        "\x00",
        "",
    ]
)
_ROWS = st.lists(_CELLS, max_size=20).map(
    lambda cells: b"clip;fall_start_s;fall_end_s\n" + "".join(cells).encode()
)


@given(data=st.one_of(st.binary(max_size=200), _ROWS))
@_EACH
def test_whatever_bytes_a_table_holds_it_is_read_or_refused_by_name(
    tmp_path_factory: pytest.TempPathFactory, data: bytes
) -> None:
    path = tmp_path_factory.mktemp("table") / "labels.csv"
    path.write_bytes(data)
    problem = f"{path}, line "
    try:
        read_labels(path)
    except ClipFolderError as error:
        problem = str(error)
    assert f"{path}, line ".encode() in problem.encode() or "has no column" in problem
