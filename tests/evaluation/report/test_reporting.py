"""Output of a run: JSON, CSV, terminal and page."""

from __future__ import annotations

import csv
import io
import json
import re
import xml.etree.ElementTree as ElementTree
from dataclasses import replace
from pathlib import Path

import pytest
from rich.console import Console

from fallwatch.core.judge.judge import THRESHOLDS
from fallwatch.evaluation.clips.clips import ClipFolderError
from fallwatch.evaluation.command import run_compare
from fallwatch.evaluation.report.console import comparison_view, print_results
from fallwatch.evaluation.report.curve import curve
from fallwatch.evaluation.report.html import report_page
from fallwatch.evaluation.report.timeline import timeline
from fallwatch.evaluation.report.wording import misjudged_clips
from fallwatch.evaluation.score.clip_result import Event
from fallwatch.evaluation.score.compare import compare
from fallwatch.evaluation.score.results import Results, read_json, write_csv, write_json
from fallwatch.evaluation.score.sweep import sweep_points
from tests.evaluation.factory import clip_result, results

SVG = "{http://www.w3.org/2000/svg}"


@pytest.fixture
def run() -> Results:
    """A found fall, a missed one, a false alarm, sport, an unknown clip and a broken one."""
    early = Event("fall", 10.2, 10.2)
    normal = THRESHOLDS["normal"]
    clips = (
        clip_result("set/found", 10.5, fall_s=10.0, sweep={0.3: (early,), normal: ()}),
        clip_result("set/missed", fall_s=10.0, sweep={0.3: (early,), normal: ()}),
        clip_result("set/false <&>", 3.0, sweep={0.3: (early,), normal: ()}),
        clip_result("set/sport", sport=True, sweep={0.3: (), normal: ()}),
        clip_result("set/unknown", 3.0, labelled=False, sweep={0.3: (), normal: ()}),
        clip_result("set/broken", error="set/broken is no video."),
    )
    return results(
        *clips,
        remarks=["set: 1 clip not listed in events.csv: shown, not counted."],
        corruptions={"dark": [clip_result("set/found", fall_s=10.0)]},
        variations={"later": [clip_result("set/found", 10.2, fall_s=10.0), *clips[1:]]},
    )


def test_results_can_be_read_back(run: Results, tmp_path: Path) -> None:
    write_json(run, tmp_path / "results.json")
    back = read_json(tmp_path)
    assert back.clips == run.clips
    assert (back.about, back.after_s, back.remarks) == (run.about, run.after_s, run.remarks)
    assert back.summaries() == run.summaries()
    assert [o.events for o in back.corruptions["dark"]] == [()]
    assert back.chance() == run.chance()


def test_the_json_holds_the_figures_for_other_programs(run: Results, tmp_path: Path) -> None:
    write_json(run, tmp_path / "results.json")
    document = json.loads((tmp_path / "results.json").read_text())
    assert document["summaries"][0]["sensitivity"] == 0.5
    assert document["summaries"][0]["false_alarms"] == 1
    assert [point["threshold"] for point in document["sweep"]] == [0.3, THRESHOLDS["normal"]]


@pytest.mark.parametrize("text", ["", "[]", "{}", '{"format": 99}'])
def test_what_is_no_result_is_named(tmp_path: Path, text: str) -> None:
    (tmp_path / "results.json").write_text(text)
    with pytest.raises(ClipFolderError, match=r"results\.json"):
        read_json(tmp_path)


def test_a_folder_without_results_is_named(tmp_path: Path) -> None:
    with pytest.raises(ClipFolderError, match=r"nowhere is missing\. Give a folder"):
        read_json(tmp_path / "nowhere")
    with pytest.raises(ClipFolderError, match=r"holds no results\.json\. Give a folder"):
        read_json(tmp_path)


def test_both_folders_of_a_comparison_are_named_if_both_are_wrong(
    run: Results, tmp_path: Path
) -> None:
    with pytest.raises(ClipFolderError, match=r"one is missing.*two is missing"):
        run_compare(tmp_path / "one", tmp_path / "two")
    write_json(run, tmp_path / "results.json")
    with pytest.raises(ClipFolderError, match=r"^\S*two is missing"):
        run_compare(tmp_path, tmp_path / "two")


def test_runs_over_other_clips_cannot_be_compared() -> None:
    words = printed(comparison_view(compare([clip_result("a/one")], [clip_result("b/two")])))
    assert "No clip is in both" in words


def test_the_csv_has_one_line_for_each_clip(run: Results, tmp_path: Path) -> None:
    write_csv(run, tmp_path / "results.csv")
    with (tmp_path / "results.csv").open(newline="") as file:
        lines = {line["clip"]: line for line in csv.DictReader(file)}
    assert len(lines) == 6
    assert lines["set/found"]["delay_s"] == "0.50"
    assert lines["set/found"]["alarms"] == "fall@10.50"
    assert lines["set/false <&>"]["false_alarms"] == "1"
    assert lines["set/broken"]["error"] == "set/broken is no video."


def test_what_went_wrong_comes_first_and_in_words(run: Results) -> None:
    assert misjudged_clips(run) == [
        ("set/broken", "set/broken is no video."),
        ("set/missed", "fall missed"),
        ("set/false <&>", "false alarm: fall at 3.0 s"),
    ]


def test_somebody_on_the_floor_in_sport_is_no_mistake_but_a_fall_is() -> None:
    floor = Event("on_floor", 0.5, 20.5)
    run = results(
        clip_result("set/mat", floor, sport=True),
        clip_result("set/jump", 3.0, sport=True),
        clip_result("set/home", floor),
    )
    assert [clip for clip, _ in misjudged_clips(run)] == ["set/home", "set/jump"]
    assert "Sport, alarms of all kinds: 1 fall, 1 on floor." in printed(run)


def test_the_page_needs_nothing_from_elsewhere(run: Results) -> None:
    page = report_page(run)
    assert not re.search(r"(src|href|url|@import)\s*[=(]", page)
    assert "<script" not in page


def test_the_page_shows_every_clip_and_escapes_what_it_quotes(run: Results) -> None:
    page = report_page(run)
    assert "set/false &lt;&amp;&gt;" in page
    assert "<&>" not in page
    for clip in ("set/found", "set/missed", "set/sport", "set/unknown", "set/broken"):
        assert clip in page
    order = [
        page.index(f"{title} (")
        for title in ("Missed falls, false alarms and errors", "Falls found")
    ]
    assert order == sorted(order)


def test_the_page_is_well_formed(run: Results) -> None:
    body = report_page(run).partition("<body>")[2].partition("</body>")[0]
    assert ElementTree.fromstring(body.replace("<details open>", "<details>")).tag == "main"


def test_a_page_without_falls_and_without_clips_can_be_made() -> None:
    page = report_page(results(clip_result("set/quiet")))
    assert "nobody falls in these clips" in page
    assert "all clips" in page
    for nonsense in ("0 of 0", "- s", "within -", "below -"):
        assert nonsense not in page
    console = Console(file=io.StringIO(), width=200)
    print_results(results(clip_result("set/quiet")), console)
    assert isinstance(console.file, io.StringIO)
    words = console.file.getvalue()
    assert "Nobody falls in these clips; false alarms in 0 of 1 clips." in words
    assert "0 of 0" not in words
    assert "Clips" in report_page(results(clip_result("set/broken", error="No.")))


def test_a_timeline_shows_annotation_threshold_and_alarms() -> None:
    clip = clip_result("set/a", 3.0, 10.5, Event("long_lie", 10.5, 34.0), fall_s=10.0)
    drawing = ElementTree.fromstring(timeline(clip, threshold=0.58, after_s=5.0))
    classes = [element.get("class", "") for element in drawing.iter()]
    for wanted in ("fall", "window", "threshold", "pose", "score", "p-fall"):
        assert wanted in classes, wanted
    groups = [c for c in classes if c.startswith("alarm ")]
    assert groups == ["alarm false", "alarm found", "alarm repeated"]
    words = " ".join(element.text or "" for element in drawing.iter())
    assert "✕ fall 3.0 s, false" in words
    assert "because" in words
    for element in drawing.iter("rect"):
        left = float(element.get("x", "nan"))
        assert 0 <= left <= left + float(element.get("width", "nan")) <= 760


def test_a_long_clip_is_drawn_with_few_points_and_keeps_its_peaks() -> None:
    clip = clip_result("set/a", duration_s=3000.0)
    score = tuple(1.0 if t == 1234 else 0.1 for t in range(3000))
    peaked = replace(clip, series=replace(clip.series, score=score))
    drawing = ElementTree.fromstring(timeline(peaked, 0.58, 5.0))
    (line,) = (e for e in drawing.iter("polyline") if e.get("class") == "score")
    heights = [float(point.split(",")[1]) for point in line.get("points", "").split()]
    assert len(heights) <= 400
    assert min(heights) == 24.0


def test_the_curve_marks_the_settings(run: Results) -> None:
    words = " ".join(e.text or "" for e in ElementTree.fromstring(curve(run.sweep())).iter())
    assert f"normal ({THRESHOLDS['normal']:.2f})" in words
    assert curve([]) == ""
    assert curve(sweep_points([clip_result("a", sweep={0.5: ()})])) == ""


def printed(what: object) -> str:
    """As on a wide terminal."""
    console = Console(file=io.StringIO(), width=200)
    if isinstance(what, Results):
        print_results(what, console)
    else:
        console.print(what)
    assert isinstance(console.file, io.StringIO)
    return console.file.getvalue()


def test_the_terminal_shows_figures_curve_corruptions_and_mistakes(run: Results) -> None:
    text = printed(run)
    assert "Found 1 of 2 falls" in text
    assert "fall missed" in text
    assert "dark room" in text
    assert "Over the judge's threshold" in text
    assert "with 95 % confidence fewer than" in text


def test_two_runs_are_shown_side_by_side(run: Results) -> None:
    text = printed(comparison_view(compare(run.clips, run.clips)))
    assert "No clip came out differently." in text
    plain = [clip for clip in run.clips if not clip.sport]
    sport = [*plain, clip_result("a/jumps", sport=True)]
    assert "sport" not in printed(comparison_view(compare(plain, plain)))
    assert "clips in both, those of sport left out" in printed(
        comparison_view(compare(sport, sport))
    )
    assert "false alarms per hour" in text


def test_the_title_names_every_folder(run: Results) -> None:
    run.about["folder"] = "/clips/one room, /clips/two"
    assert "Falls seen, falls missed: one room, two</h1>" in report_page(run)
