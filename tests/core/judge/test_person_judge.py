"""The judge of one person: the phases it goes through, frame by frame."""

from __future__ import annotations

from itertools import groupby

import numpy as np

from fallwatch.core.judge.judge_config import JudgeConfig
from fallwatch.core.judge.person_judge import PersonJudge
from fallwatch.core.judge.phase import Phase
from fallwatch.core.tracking import Track, detect
from fallwatch.core.types import EventKind, Frame
from tests.core.synthetic import (
    HEIGHT_PX,
    WIDTH_PX,
    Scene,
    falling_at,
    figure,
    on_hands_and_knees_at,
    standing,
)

CONFIG = JudgeConfig(on_floor_after_s=5.0, long_lie_after_s=10.0)
_BLANK = np.zeros((HEIGHT_PX, WIDTH_PX, 3), dtype=np.uint8)


def watch(
    judge: PersonJudge, scene: Scene, until_s: float, fps: float = 15.0
) -> tuple[list[Phase], list[EventKind]]:
    """The phases one after the other, and the events, of somebody in view from the start."""
    phases, kinds = [], []
    track: Track | None = None
    for i in range(int(until_s * fps) + 1):
        now = i / fps
        found = detect(Frame("room", i, now, _BLANK), list(scene(now)))
        if found:
            track = Track(1, 0.0, now, found[0])
            events = judge.see(now, track, (WIDTH_PX, HEIGHT_PX), 0.9 if now > 3 else 0.1)
        else:
            events = judge.miss(now)
        phases.append(judge.phase)
        kinds += [event.kind for event in events]
    return [phase for phase, _ in groupby(phases)], kinds


def test_a_fall_is_suspected_then_decided_then_a_long_lie_and_ends_with_getting_up() -> None:
    scene = falling_at(3.0, up_again_s=16.0)
    phases, kinds = watch(PersonJudge(CONFIG), scene, until_s=22.0)
    assert phases == [
        Phase.WATCHED,
        Phase.SUSPECTED,
        Phase.FALLEN,
        Phase.LONG_LIE,
        Phase.WATCHED,
    ]
    assert kinds == [EventKind.FALL, EventKind.LONG_LIE, EventKind.RECOVERED]


def test_somebody_lost_on_the_way_down_stays_suspected_until_it_is_a_fall() -> None:
    fall = falling_at(3.0, 0.6)
    judge = PersonJudge(CONFIG)
    phases, kinds = watch(judge, lambda t: fall(t) if t < 3.55 else [], until_s=5.0)
    assert phases == [Phase.WATCHED, Phase.SUSPECTED, Phase.FALLEN]
    assert kinds == [EventKind.FALL]


def test_somebody_suspected_who_gets_up_again_is_only_watched() -> None:
    scene = on_hands_and_knees_at(4.0, up_again_s=6.0)
    phases, kinds = watch(PersonJudge(CONFIG), scene, until_s=10.0)
    assert phases == [Phase.WATCHED, Phase.SUSPECTED, Phase.WATCHED]
    assert kinds == []


def test_somebody_found_lying_is_on_the_floor_once_it_has_lasted() -> None:
    judge = PersonJudge(CONFIG)
    phases, kinds = watch(judge, lambda t: [figure(300, tilt_deg=90)], until_s=20.0)
    assert phases == [Phase.WATCHED, Phase.LYING, Phase.ON_FLOOR]
    assert kinds == [EventKind.ON_FLOOR]


def test_of_somebody_standing_nothing_is_ever_suspected() -> None:
    judge = PersonJudge(CONFIG)
    assert watch(judge, standing, until_s=10.0) == ([Phase.WATCHED], [])
    assert judge.has_stood
    assert not judge.needs_help


def test_whoever_goes_on_for_another_is_in_the_same_phase() -> None:
    fallen, newcomer = PersonJudge(CONFIG), PersonJudge(CONFIG)
    watch(fallen, falling_at(3.0), until_s=6.0)
    newcomer.take_over(fallen)
    assert newcomer.phase is fallen.phase is Phase.FALLEN


def test_of_somebody_never_seen_a_miss_settles_nothing() -> None:
    judge = PersonJudge(CONFIG)
    assert judge.miss(1000.0) == []
    assert judge.phase is Phase.WATCHED
