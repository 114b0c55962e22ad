"""Somebody who lay in bed and is out of it is a notice; somebody under a blanket is none."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import pytest

from fallwatch.core.features import measure_body
from fallwatch.core.geometry import person_box
from fallwatch.core.judge.judge_config import JudgeConfig
from fallwatch.core.message import Message
from fallwatch.core.presence.bed_exit import LAIN_S, BedExits
from fallwatch.core.tracking import Detection, Track
from fallwatch.core.types import EventKind, FallEvent, Pose
from fallwatch.core.zones import Zone, ZoneKind
from tests.core.judge.test_judge import events as judged
from tests.core.judge.test_judge import times
from tests.core.synthetic import HEIGHT_PX, WIDTH_PX, Scene, figure

SIZE = (WIDTH_PX, HEIGHT_PX)
#: A bed around x = 500, as wide as somebody who lies there; they stand at 60 or 300.
BED = Zone(ZoneKind.BED, ((0.6, 0.5), (1.0, 0.5), (1.0, 1.0), (0.6, 1.0)), exit_after_s=60.0)

LIES = (1, figure(440, tilt_deg=90))
SITS = (1, figure(500, sink=0.25))
STANDS = (1, figure(300))
CARER = (2, figure(60))
BENDS = (2, figure(270, tilt_deg=40))

#: Who is in view for how many seconds.
Part = tuple[float, list[tuple[int, Pose]]]


def track(track_id: int, pose: Pose) -> Track:
    box = person_box(pose, *SIZE)
    assert box is not None
    body = measure_body(pose, box, *SIZE)
    assert body is not None
    return Track(track_id, 0.0, 0.0, Detection(pose, box, body))


def watch(*parts: Part, zone: Zone = BED, fps: float = 5.0) -> list[FallEvent]:
    """The notices of what is seen, one part after the other."""
    beds = BedExits("room", (Zone(ZoneKind.IGNORE, BED.corners_norm), zone))
    return [event for found in followed(beds, parts, fps) for event in found]


def followed(
    beds: BedExits, parts: tuple[Part, ...], fps: float, begin_s: float = 0.0
) -> Iterator[list[FallEvent]]:
    number = 0
    for seconds, seen in parts:
        for _ in range(round(seconds * fps)):
            number += 1
            yield beds.update(begin_s + number / fps, SIZE, [track(*each) for each in seen])


def test_whoever_lay_there_and_goes_is_told_once() -> None:
    (event,) = watch((40, [LIES]), (5, [SITS]), (5, [STANDS]), (300, []))
    assert (event.kind, event.camera, event.zone) == (EventKind.BED_EXIT, "room", 1)
    assert event.track_id == 1
    # They stood up after 45 s.
    assert event.started_s == pytest.approx(45, abs=1.0)
    assert event.decided_s == pytest.approx(105, abs=1.0)
    assert event.evidence == (Message("lay in bed, and has been out of it for {0} s", ("60",)),)


def test_they_are_told_in_view_too() -> None:
    assert len(watch((40, [LIES]), (5, [SITS]), (70, [STANDS]))) == 1


@pytest.mark.parametrize("fps", [1.0, 4.0, 10.0])
def test_any_frame_rate_tells_the_same(fps: float) -> None:
    (event,) = watch((60, [LIES]), (6, [SITS]), (6, [STANDS]), (300, []), fps=fps)
    assert event.decided_s == pytest.approx(126, abs=3.0)


def test_whoever_is_lost_under_a_blanket_is_not_out() -> None:
    assert watch((60, [LIES]), (3600, [])) == []
    assert watch((60, [LIES]), (600, []), (60, [LIES]), (600, [])) == []


def test_nor_is_a_sleeper_whose_body_jumps_aside_for_a_moment() -> None:
    assert watch((60, [LIES]), (1.0, [STANDS]), (3600, [])) == []


def test_whoever_comes_in_to_look_at_a_sleeper_is_not_out_of_bed() -> None:
    assert watch((60, [LIES]), (20, [CARER, LIES]), (300, [CARER]), (300, [])) == []


def test_whoever_was_lost_under_a_blanket_and_gets_up_beside_the_bed_is_out() -> None:
    beside = (7, figure(360))
    assert len(watch((60, [LIES]), (600, []), (4, [beside]), (300, []))) == 1


def test_whoever_is_back_in_time_is_not_told() -> None:
    assert watch((40, [LIES]), (5, [SITS]), (50, [STANDS]), (10, [SITS]), (300, [])) == []


def test_they_are_told_the_next_time_all_the_same() -> None:
    back = (40.0, [LIES]), (5.0, [SITS]), (30.0, [STANDS]), (5.0, [SITS])
    assert len(watch(*back, (5, [STANDS]), (300, []))) == 1


def test_a_body_seen_in_bed_for_a_moment_is_nobody_back() -> None:
    out = (40.0, [LIES]), (5.0, [SITS]), (5.0, [STANDS]), (20.0, [])
    assert len(watch(*out, (0.4, [LIES]), (300, []))) == 1


def test_whoever_only_sat_there_for_a_short_while_has_not_lain() -> None:
    assert watch((LAIN_S, [SITS]), (5, [STANDS]), (300, [])) == []
    # Along the camera's view somebody who lies looks as if they sat.
    assert len(watch((5 * LAIN_S, [SITS]), (5, [STANDS]), (300, []))) == 1


def test_one_who_stays_in_a_shared_bed_keeps_it_away() -> None:
    other = (3, figure(450, tilt_deg=90))
    parts = (40.0, [LIES, other]), (5.0, [SITS, other]), (300.0, [STANDS, other])
    assert watch(*parts) == []


def test_a_carer_beside_the_bed_does_not_keep_it_away() -> None:
    parts = (40.0, [LIES, CARER]), (5.0, [SITS, BENDS]), (90.0, [STANDS, BENDS])
    assert len(watch(*parts)) == 1


def test_it_is_off_by_default_and_for_other_zones() -> None:
    parts = (40.0, [LIES]), (5.0, [SITS]), (300.0, [STANDS])
    assert Zone(ZoneKind.BED, BED.corners_norm).exit_after_s == 0
    assert watch(*parts, zone=replace(BED, exit_after_s=0.0)) == []
    assert watch(*parts, zone=replace(BED, kind=ZoneKind.IGNORE)) == []


def test_time_without_frames_is_not_time_out_of_bed() -> None:
    beds = BedExits("room", (BED,))
    lain = (40.0, [LIES]), (5.0, [SITS]), (5.0, [STANDS])
    assert not any(followed(beds, lain, 5.0))
    # The camera was away for an hour, and shows an empty room.
    assert not any(followed(beds, ((30.0, []),), 5.0, begin_s=3650.0))
    # Its clock begins again.
    assert not any(followed(beds, ((10.0, []),), 5.0))
    assert any(followed(beds, ((30.0, []),), 5.0, begin_s=10.0))


def test_what_is_known_of_a_bed_outlives_a_change_of_another() -> None:
    beds = BedExits("room", (BED,))
    assert not any(followed(beds, ((40.0, [LIES]), (5.0, [SITS]), (5.0, [STANDS])), 5.0))
    beds.follow((Zone(ZoneKind.IGNORE, BED.corners_norm), BED))
    found = [event for each in followed(beds, ((90.0, []),), 5.0, 50.0) for event in each]
    assert [event.zone for event in found] == [1]


@pytest.mark.parametrize("changed", [{"exit_after_s": 30.0}, {"exit_hours": "22:00-06:00"}])
def test_whoever_is_out_stays_out_when_the_delay_or_the_hours_change(
    changed: dict[str, object],
) -> None:
    beds = BedExits("room", (BED,))
    assert not any(followed(beds, ((40.0, [LIES]), (5.0, [SITS]), (20.0, [STANDS])), 5.0))
    changed_bed = replace(BED, **changed)  # type: ignore[arg-type]
    beds.follow((changed_bed,))
    found = [event for each in followed(beds, ((90.0, []),), 5.0, 65.0) for event in each]
    (event,) = found
    assert event.started_s == pytest.approx(45.0, abs=3.0), "not from the change on"
    assert event.decided_s - event.started_s == pytest.approx(changed_bed.exit_after_s, abs=1.0)


def test_another_bed_begins_with_nobody_out_of_it() -> None:
    beds = BedExits("room", (BED,))
    assert not any(followed(beds, ((40.0, [LIES]), (5.0, [SITS]), (20.0, [STANDS])), 5.0))
    beds.follow((replace(BED, corners_norm=((0.0, 0.5), (0.1, 0.5), (0.1, 1.0))),))
    assert not any(followed(beds, ((90.0, []),), 5.0, 65.0))


def test_nothing_is_kept_of_those_who_are_gone() -> None:
    beds = BedExits("room", (BED,))
    for number in range(1, 500):
        beds.update(number, SIZE, [track(number, figure(440, tilt_deg=90))])
    (state,) = beds._states.values()
    assert len(state.known) == len(state.in_bed_s) == 1


def getting_up(lies_s: float) -> Scene:
    """Lies in bed, sits up, and stands elsewhere."""

    def scene(t: float) -> list[Pose]:
        if t < lies_s:
            return [LIES[1]]
        if t < lies_s + 3:
            return [SITS[1]]
        # Walks away from the bed, slowly enough for the tracker.
        return [figure(max(300.0, 500 - 80 * (t - lies_s - 3)))]

    return scene


@pytest.mark.parametrize("after_s", [0.0, 20.0])
def test_the_judge_asks_the_rule(after_s: float) -> None:
    config = JudgeConfig(zones=(replace(BED, exit_after_s=after_s),))
    found = judged(getting_up(40.0), times(5.0, 80.0), config=config)
    kinds = [event.kind for event in found]
    assert kinds == ([EventKind.BED_EXIT] if after_s else [])
