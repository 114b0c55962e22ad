"""Each source is tested at a threshold that only the others chose."""

from __future__ import annotations

from rich.console import Console

from fallwatch.evaluation.report.console import print_results
from fallwatch.evaluation.report.html import report_page
from fallwatch.evaluation.score.clip_result import ClipResult, Event
from fallwatch.evaluation.score.held_out import TOGETHER, leave_one_source_out
from tests.evaluation.factory import clip_result, results

ALARM = Event("fall", 10.5, 10.5, 0.8, ("because",))


def _clip(name: str, *, fall: bool, found_up_to: float) -> ClipResult:
    """A clip with an alarm at 10.5 s at all thresholds up to the given one."""
    tried = (0.3, 0.5, 0.7)
    sweep = {at: (ALARM,) if at <= found_up_to else () for at in tried}
    return clip_result(name, fall_s=10.0 if fall else None, sweep=sweep)


CLIPS = [
    _clip("one/fall.mp4", fall=True, found_up_to=0.5),
    _clip("one/calm.mp4", fall=False, found_up_to=0.3),
    _clip("two/fall.mp4", fall=True, found_up_to=0.7),
    _clip("two/calm.mp4", fall=False, found_up_to=0.5),
]


def test_the_threshold_of_a_source_is_chosen_by_the_others() -> None:
    one, two, _ = leave_one_source_out(CLIPS)

    assert (one.summary.name, one.threshold) == ("one", 0.7)
    assert (one.summary.found, one.summary.false_alarms) == (0, 0)
    assert (two.summary.name, two.threshold) == ("two", 0.5)
    assert (two.summary.found, two.summary.false_alarms) == (1, 1)


def test_all_held_out_sources_are_added_up() -> None:
    together = leave_one_source_out(CLIPS)[-1]

    assert together.threshold is None
    assert together.summary.name == TOGETHER
    assert (together.summary.falls, together.summary.found) == (2, 1)
    assert together.summary.false_alarms == 1


def test_of_equally_good_thresholds_the_middle_one_is_taken() -> None:
    clips = [
        _clip("one/fall.mp4", fall=True, found_up_to=0.7),
        _clip("two/fall.mp4", fall=True, found_up_to=0.7),
    ]

    assert leave_one_source_out(clips)[0].threshold == 0.5


def test_there_is_nothing_to_choose_by_without_two_sources_with_falls() -> None:
    assert leave_one_source_out(CLIPS[:2]) == []
    no_sweep = [clip_result("one/a", fall_s=1.0), clip_result("two/a", fall_s=1.0)]
    assert leave_one_source_out(no_sweep) == []


def test_table_and_report_show_it() -> None:
    console = Console(record=True, width=120, file=None, quiet=False)
    run = results(*CLIPS)
    with console.capture() as captured:
        print_results(run, console)

    assert "Leave one source out" in captured.get()
    assert TOGETHER in captured.get()
    assert "Leave one source out" in report_page(run)
