"""Growth with the number of rooms: what is concluded, drawn and written."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from xml.etree import ElementTree

import pytest
from typer.testing import CliRunner

from fallwatch import paths
from fallwatch.bench.errors import BenchError
from fallwatch.bench.figures import FALLWATCH, WatchedCameras
from fallwatch.bench.growth import (
    Growth,
    GrowthRow,
    growth_conclusion,
    measure_growth,
    write_growth,
)
from fallwatch.bench.measure.arms import _Seen
from fallwatch.bench.report.growth import growth_chart, growth_markdown, growth_table
from fallwatch.cli.main import app


def watched(rooms: int, fps: float, core_percent: float, *, still: bool = False) -> WatchedCameras:
    latency_ms = (20.0, 40.0, 60.0)
    return WatchedCameras(
        FALLWATCH, rooms, still, fps, fps * rooms, latency_ms, core_percent, 300.0
    )


def row(rooms: int, fps: float, falling_fps: float | None = 14.0) -> GrowthRow:
    busy = watched(rooms, fps, 20.0 * rooms)
    empty = watched(rooms, 5.0, 4.0 * rooms, still=True)
    return GrowthRow(rooms, busy, empty, replace(busy, slowest_fps=fps / 2), falling_fps)


def a_growth(*rows: GrowthRow) -> Growth:
    return Growth("a pc, cores: 2", "fall.mp4", 2, rows)


GROWTH = a_growth(row(1, 15.0, None), row(4, 10.0), row(16, 4.0))


def test_the_sentences_name_busy_and_empty_rooms_and_whole_houses() -> None:
    assert growth_conclusion(GROWTH) == (
        "This PC can watch 8 rooms with somebody moving in every one, and about 40 empty ones; a "
        "window shows at most 9. Houses of 40, 200 and 1000 rooms, all busy at once, need 5, 25 "
        "and 125 such PCs."
    )


def test_where_more_rooms_were_not_tried_it_says_at_least() -> None:
    words = growth_conclusion(a_growth(row(1, 15.0), row(2, 15.0)))
    assert words.startswith("This PC can watch at least 2 rooms")
    assert words.endswith("need at most 20, 100 and 500 such PCs.")


def test_a_pc_that_is_too_slow_is_told_so() -> None:
    assert "too slow" in growth_conclusion(a_growth(row(1, 2.0)))


def test_more_rooms_than_a_window_shows_are_counted_too() -> None:
    assert a_growth(row(9, 15.0), row(16, 12.0)).busy_rooms == 16


def test_the_table_has_a_cell_for_each_column_and_says_what_is_unknown() -> None:
    table = growth_table(GROWTH)
    assert all(len(cells) == len(table.columns) for cells in table.rows)
    assert [cells[-2:] for cells in table.rows] == [("-", "-"), ("14.0", "5.0"), ("14.0", "2.0")]


def test_the_curve_falls_under_the_line_where_falls_are_missed() -> None:
    root = ElementTree.fromstring(growth_chart(GROWTH))
    names = {"svg": "http://www.w3.org/2000/svg"}
    lines = {line.get("class"): line for line in root.findall("svg:line", names)}
    limit = float(lines["limit"].get("y1", 0))
    dots = [float(dot.get("cy", 0)) for dot in root.findall("svg:circle", names)]
    assert [y > limit for y in dots[:3]] == [False, False, True], "lower is further down"


def test_everything_is_written(tmp_path: Path) -> None:
    write_growth(GROWTH, tmp_path / "out", {"rooms.md": growth_markdown(GROWTH)})
    assert "| 16 | 4.0 |" in (tmp_path / "out" / "rooms.md").read_text()
    assert '"falling_fps": 14.0' in (tmp_path / "out" / "rooms.json").read_text()


def test_a_folder_that_cannot_be_written_is_one_sentence(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(BenchError, match="Choose another folder"):
        write_growth(GROWTH, tmp_path / "file", {})


@pytest.mark.parametrize("rooms", ["", "0", "two", "1,,4", "1,-4", "1,999"])
def test_numbers_of_rooms_that_make_no_sense_are_refused(rooms: str) -> None:
    done = CliRunner().invoke(app, ["--verbose", "bench", "--rooms", rooms])
    assert done.exit_code == 2
    assert "--rooms takes numbers" in done.stderr.replace("\n", " ")


@pytest.mark.parametrize(
    "arguments",
    [["--devices", "--rooms", "1"], ["--devices", "--quick"], ["--devices", "-o", "out"]],
)
def test_what_would_be_left_out_is_refused(arguments: list[str]) -> None:
    done = CliRunner().invoke(app, ["--verbose", "bench", *arguments])
    assert done.exit_code == 2
    assert "leave out" in done.stderr.replace("\n", " ")


@pytest.mark.timeout(600)
def test_rooms_are_watched_in_each_of_the_three_ways(
    demo_fall: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("fallwatch.bench.growth.SECONDS", 2.0)
    steps: list[str] = []
    growth = measure_growth(
        demo_fall, paths.weights_dir(), "efficientnet-b0-optimised", [2], steps.append
    )
    (measured,) = growth.rows
    assert measured.rooms == 2
    assert measured.busy.decisions_per_s > 0
    assert measured.empty.still
    assert len(steps) == 4


def test_the_rate_of_a_fall_counts_from_its_first_sign() -> None:
    seen = _Seen("room 1")
    seen.begin()
    assert seen.falling_fps is None
    seen._follow_fall(1.0, begins=False)
    for count in range(60):
        seen._follow_fall(2.0 + count / 12, begins=count < 5)
    assert seen.falling_fps == pytest.approx(12.0)
