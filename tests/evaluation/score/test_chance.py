"""The share of chance in a run."""

from __future__ import annotations

from fallwatch.evaluation.score.chance import chance_by_source
from fallwatch.evaluation.score.clip_result import ClipResult, Event
from tests.evaluation.factory import clip_result

T_S = 5.0


def fall(clip: str, *alarms_s: float) -> ClipResult:
    return clip_result(clip, *alarms_s, fall_s=10.0)


def test_falls_are_counted_in_every_view_and_over_all_views() -> None:
    recorded = [fall("one/a", 10.5), fall("one/b"), fall("one/c", 11.0), fall("one/d")]
    later = [fall("one/a", 10.6), fall("one/b", 10.2), fall("one/c"), fall("one/d")]
    mirrored = [fall("one/a", 12.0), fall("one/b"), fall("one/c", 10.9), fall("one/d")]
    (chance,) = chance_by_source(recorded, {"later": later, "mirrored": mirrored}, T_S)
    assert (chance.falls, chance.found) == (4, (2, 2, 2))
    assert (chance.always, chance.never) == (1, 1)
    assert chance.unsteady == ("one/b", "one/c")


def test_everyday_clips_are_counted_apart_and_only_falls_disturb_them() -> None:
    on_floor = clip_result("one/lies", Event("on_floor", 3.0, 3.0))
    recorded = [clip_result("one/calm"), on_floor]
    mirrored = [clip_result("one/calm", 4.0), on_floor]
    (chance,) = chance_by_source(recorded, {"mirrored": mirrored}, T_S)
    assert (chance.falls, chance.quiet_clips, chance.disturbed) == (0, 2, (0, 1))
    assert chance.unsteady == ("one/calm",)


def test_each_source_has_its_row_and_one_clip_that_failed_counts_in_no_view() -> None:
    recorded = [fall("one/a", 10.5), fall("two/a", 10.5), fall("two/b", 10.5)]
    later = [fall("one/a"), fall("two/a", 10.5), clip_result("two/b", error="gone")]
    everything, one, two = chance_by_source(recorded, {"later": later}, T_S)
    assert (everything.falls, everything.found) == (2, (2, 1))
    assert (one.name, one.found, one.always) == ("one", (1, 0), 0)
    assert (two.name, two.falls, two.found) == ("two", 1, (1, 1))


def test_sport_is_not_in_the_first_row() -> None:
    push_ups = clip_result("one/push-ups", 3.0, sport=True)
    everything, sport = chance_by_source([push_ups], {"later": [push_ups]}, T_S)
    assert (everything.quiet_clips, everything.found, everything.disturbed) == (0, (), ())
    assert (sport.name, sport.disturbed) == ("sport", (1, 1))
