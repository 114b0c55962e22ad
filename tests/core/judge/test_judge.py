"""The verdict: what counts as a fall, and that frame rate and dropped frames do not matter."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from itertools import groupby

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from fallwatch.core.analyzer import CLASSIFY_EVERY_S, Analyzer
from fallwatch.core.judge.evidence_text import LOST_FROM_VIEW
from fallwatch.core.judge.judge import THRESHOLDS, JudgeConfig
from fallwatch.core.protocols import Classifier
from fallwatch.core.types import (
    Analysis,
    Box,
    EventKind,
    FallEvent,
    Frame,
    Image,
    PersonCrop,
    Pose,
    Posture,
)
from fallwatch.core.zones import Zone, ZoneKind
from tests.core.synthetic import (
    HEIGHT_PX,
    TALL_PX,
    WIDTH_PX,
    FixedClassifier,
    FlatIsFallen,
    Scene,
    ScenePose,
    falling_at,
    figure,
    on_hands_and_knees_at,
    sinking_out_of_sight_at,
    sitting_down_at,
    sitting_on_floor_then_lying,
    squatting_at_work_then_lying,
    standing,
    walking,
)

_BLANK = np.zeros((HEIGHT_PX, WIDTH_PX, 3), dtype=np.uint8)


def cut(image: Image, box: Box) -> PersonCrop:
    return PersonCrop(image[:8, :8], box)


def times(fps: float, until_s: float) -> list[float]:
    return [i / fps for i in range(int(until_s * fps) + 1)]


def analyses(
    scene: Scene,
    stamps: Iterable[float],
    p_fall: float | None = None,
    config: JudgeConfig | None = None,
    classifier: Classifier | None = None,
) -> list[Analysis]:
    if p_fall is not None:
        classifier = FixedClassifier(p_fall)
    analyzer = Analyzer("room", ScenePose(scene), classifier, cut, config or JudgeConfig())
    return [analyzer.step(Frame("room", i, t, _BLANK)) for i, t in enumerate(stamps)]


def events(scene: Scene, stamps: Iterable[float], **options: object) -> list[FallEvent]:
    found = analyses(scene, stamps, **options)  # type: ignore[arg-type]
    return [event for analysis in found for event in analysis.events]


def postures(found: list[Analysis]) -> list[Posture]:
    """The postures shown one after the other, of the only person there."""
    return [posture for posture, _ in groupby(a.people[0].posture for a in found)]


def kinds(found: list[FallEvent]) -> list[EventKind]:
    return [event.kind for event in found]


@pytest.mark.parametrize("fps", [10, 15, 25, 30])
def test_a_fall_is_one_event_at_any_frame_rate(fps: float) -> None:
    found = events(falling_at(3.0), times(fps, 8.0))
    assert kinds(found) == [EventKind.FALL]
    assert 3.0 <= found[0].decided_s <= 4.2
    assert 2.2 <= found[0].started_s <= 3.7


@pytest.mark.parametrize("fps", [10, 15, 30])
@pytest.mark.parametrize("p_fall", [None, 0.1, 0.8])
def test_a_fast_fall_is_told_at_once_whatever_the_classifier_says(
    fps: float, p_fall: float | None
) -> None:
    (fall,) = events(falling_at(3.0, 0.7), times(fps, 8.0), p_fall=p_fall)
    assert fall.decided_s <= 3.7 + 0.2
    assert not any("stayed down" in str(reason) for reason in fall.evidence)


@pytest.mark.parametrize("fps", [10, 15, 30])
@pytest.mark.parametrize(("duration_s", "p_fall"), [(3.2, None), (3.2, 0.3), (2.4, 0.3)])
def test_who_goes_down_slowly_is_watched_and_a_fall_is_told_once_they_stay_down(
    fps: float, duration_s: float, p_fall: float | None
) -> None:
    slow = falling_at(3.0, duration_s, shorter=0.4)
    found = analyses(slow, times(fps, 12.0), p_fall=p_fall)
    (fall,) = [event for analysis in found for event in analysis.events]
    assert fall.kind is EventKind.FALL
    assert 3.0 + duration_s < fall.decided_s <= 3.0 + duration_s + 0.8
    assert "has stayed down for" in str(fall.evidence[-1])
    assert postures(found)[-2:] == [Posture.SUSPECTED, Posture.FALLEN]


@pytest.mark.parametrize(
    ("shorter", "classifier"),
    [(0.0, None), (0.0, FixedClassifier(0.1)), (0.4, FlatIsFallen())],
    ids=["full length", "full length, classifier against it", "shorter, classifier for it"],
)
def test_who_goes_down_slowly_and_lies_at_once_is_told_without_waiting(
    shorter: float, classifier: Classifier | None
) -> None:
    slow = falling_at(3.0, 3.2, shorter=shorter)
    (fall,) = events(slow, times(15, 12.0), classifier=classifier)
    assert fall.kind is EventKind.FALL
    assert fall.decided_s <= 6.3
    assert not any("stayed down" in str(reason) for reason in fall.evidence)


def test_who_falls_along_the_line_of_sight_and_keeps_still_has_fallen() -> None:
    found = events(sinking_out_of_sight_at(3.0), times(15, 10.0), p_fall=0.3)
    assert kinds(found) == [EventKind.FALL]
    assert found[0].decided_s < 3.7 + 2.5


def test_who_squats_and_works_down_there_before_lying_down_has_not_fallen() -> None:
    squatting = squatting_at_work_then_lying(3.0, 6.0)
    found = events(squatting, times(15, 40.0), classifier=FlatIsFallen())
    assert kinds(found) == [EventKind.ON_FLOOR]


@pytest.mark.parametrize("classifier", [None, FlatIsFallen()])
def test_who_sits_down_on_the_floor_first_and_then_lies_has_not_fallen_but_is_on_the_floor(
    classifier: Classifier | None,
) -> None:
    found = events(sitting_on_floor_then_lying(3.0, 6.0), times(15, 40.0), classifier=classifier)
    assert kinds(found) == [EventKind.ON_FLOOR]
    assert 6.0 < found[0].started_s < 8.0
    assert found[0].decided_s == pytest.approx(found[0].started_s + 20.0, abs=0.1)


@pytest.mark.parametrize("classifier", [None, FlatIsFallen()])
def test_who_goes_down_as_slowly_without_sitting_has_fallen(classifier: Classifier | None) -> None:
    """The same way down as after sitting: the sitting makes the difference."""
    found = events(sitting_on_floor_then_lying(5.0, 5.0), times(15, 20.0), classifier=classifier)
    assert kinds(found) == [EventKind.FALL]


@pytest.mark.parametrize("p_fall", [None, 0.3, 0.95])
def test_who_goes_on_hands_and_knees_towards_the_camera_is_suspected_for_a_while_and_not_told(
    p_fall: float | None,
) -> None:
    found = analyses(on_hands_and_knees_at(3.0), times(15, 20.0), p_fall=p_fall)
    assert [event for analysis in found for event in analysis.events] == []
    assert postures(found)[-2:] == [Posture.SUSPECTED, Posture.UNKNOWN]


def test_who_lies_as_short_but_does_not_move_is_told_if_the_classifier_is_sure() -> None:
    found = events(on_hands_and_knees_at(3.0, sway_px=0.0), times(15, 10.0), p_fall=0.95)
    assert kinds(found) == [EventKind.FALL]


def test_a_suspicion_ends_when_somebody_is_upright_again() -> None:
    scene = on_hands_and_knees_at(3.0, up_again_s=5.0)
    found = analyses(scene, times(15, 10.0), p_fall=0.6)
    assert postures(found)[-2:] == [Posture.SUSPECTED, Posture.UPRIGHT]
    last = max(a.frame.timestamp_s for a in found if a.people[0].posture is Posture.SUSPECTED)
    assert 5.0 < last < 6.2
    assert all(a.events == () for a in found)


@pytest.mark.parametrize("scene", [standing, walking, sitting_down_at(3.0)])
@pytest.mark.parametrize("p_fall", [None, 0.2, 0.6])
def test_everyday_life_is_no_event(scene: Scene, p_fall: float | None) -> None:
    assert events(scene, times(15, 10.0), p_fall=p_fall) == []


def test_the_same_frames_give_the_same_events_to_the_letter() -> None:
    first = events(falling_at(3.0), times(15, 8.0), p_fall=0.8)
    second = events(falling_at(3.0), times(15, 8.0), p_fall=0.8)
    assert repr(first) == repr(second)
    assert first


@settings(max_examples=40, deadline=None)
@given(
    fps=st.floats(10, 30),
    kept=st.lists(st.booleans(), min_size=60, max_size=60),
    duration_s=st.floats(0.45, 0.9),
)
def test_dropped_frames_do_not_hide_a_fall(fps: float, kept: list[bool], duration_s: float) -> None:
    """Any third of the frames may go, but no more than two in a row."""
    stamps, gap = [], 0
    for i, t in enumerate(times(fps, 7.0)):
        gap = 0 if kept[i % len(kept)] or i % 3 == 0 else gap + 1
        if gap == 0 or gap > 2:
            stamps.append(t)
    assert kinds(events(falling_at(3.0, duration_s), stamps)) == [EventKind.FALL]


@settings(max_examples=40, deadline=None)
@given(fps=st.floats(8, 30), duration_s=st.floats(0.8, 3.0), jitter=st.integers(0, 2**32 - 1))
def test_sitting_down_with_a_shaky_pose_is_no_fall(
    fps: float, duration_s: float, jitter: int
) -> None:
    rng = np.random.default_rng(jitter)
    calm = sitting_down_at(2.0, duration_s)

    def shaky(t: float) -> list[Pose]:
        pose = calm(t)[0]
        noise = rng.normal(0, 0.004, pose.landmarks_norm.shape).astype(np.float32)
        return [Pose(pose.landmarks_norm + noise, pose.visibility)]

    assert events(shaky, times(fps, 8.0)) == []


def test_a_person_lost_right_after_a_steep_descent_has_fallen() -> None:
    fall = falling_at(3.0, 0.6)
    found = events(lambda t: fall(t) if t < 3.55 else [], times(15, 6.0))
    assert kinds(found) == [EventKind.FALL]
    assert LOST_FROM_VIEW in found[0].evidence


@pytest.mark.parametrize("fps", [10, 15, 30])
def test_who_gets_up_from_the_floor_and_falls_at_once_out_of_sight_has_fallen(fps: float) -> None:
    def scene(t: float) -> list[Pose]:
        sits = min(max((t - 2.0) / 0.8, 0.0), 1.0) - min(max((t - 4.8) / 0.8, 0.0), 1.0)
        falls = min(max((t - 6.2) / 0.7, 0.0), 1.0)
        return [figure(300, tilt_deg=90 * falls**2, sink=0.31 * sits)] if t < 6.85 else []

    found = events(scene, times(fps, 10.0))
    assert kinds(found) == [EventKind.FALL]


def test_who_flickers_on_the_way_down_and_is_lost_for_good_then_has_fallen() -> None:
    fall = falling_at(3.0, 0.6)

    def flickering(t: float) -> list[Pose]:
        return [] if round(t * 15) == 54 or round(t * 15) > 55 else list(fall(t))

    found = events(flickering, times(15, 6.0))
    assert kinds(found) == [EventKind.FALL]
    assert LOST_FROM_VIEW in found[0].evidence


def test_a_moment_out_of_view_in_a_crouch_is_no_fall() -> None:
    def crouching(t: float) -> list[Pose]:
        down = min(max(t - 3.0, 0.0), 1.0) * min(max(6.0 - t, 0.0), 1.0)
        lost = round(t * 15) == 62
        return [] if lost else [figure(300, tilt_deg=48 * down, sink=0.28 * down)]

    assert events(crouching, times(15, 9.0), p_fall=0.78) == []


def test_to_be_lost_from_view_out_of_focus_says_nothing() -> None:
    fall = falling_at(3.0, 0.6)

    def blurred(t: float) -> list[Pose]:
        return [replace(pose, in_focus=False) for pose in fall(t)] if t < 3.55 else []

    assert events(blurred, times(15, 6.0)) == []


def fallen_and_taken_for_somebody_new(t: float) -> list[Pose]:
    """Falls, is lost for a moment, and comes back too small to be the same track."""
    if t < 4.5:
        return list(falling_at(3.0)(t))
    return [] if t < 5.0 else [figure(340, tilt_deg=90, tall_px=70)]


def test_a_fallen_person_whom_the_tracker_takes_for_somebody_new_is_one_fall() -> None:
    found = events(fallen_and_taken_for_somebody_new, times(15, 50.0), p_fall=0.9)
    assert kinds(found) == [EventKind.FALL]


def one_after_the_other(t: float) -> list[Pose]:
    """Every 20 s somebody falls in the same place and is lost from view, lying.

    Big and small by turns, so that the tracker takes nobody for the one before.
    """
    turn, since_s = divmod(t, 20.0)
    tilt_deg = 90 * min(max((since_s - 3.0) / 0.7, 0.0), 1.0) ** 2
    tall_px = TALL_PX if turn % 2 == 0 else TALL_PX / 3
    return [figure(300, tilt_deg=tilt_deg, tall_px=tall_px)] if since_s < 4.5 else []


def test_a_fall_where_somebody_fell_before_and_was_helped_up_unseen_is_a_fall() -> None:
    config = JudgeConfig(long_lie_after_s=1000.0)
    found = events(one_after_the_other, times(15, 65.0), p_fall=0.9, config=config)
    assert kinds(found) == [EventKind.FALL] * 4


def test_only_one_fallen_person_is_remembered_in_one_place() -> None:
    last = analyses(one_after_the_other, times(15, 99.0), p_fall=0.9)[-1]
    assert sum(person.posture is Posture.FALLEN for person in last.people) == 1


def test_who_fell_and_is_seen_no_more_is_forgotten_at_last() -> None:
    fall = falling_at(3.0, 0.7)
    seen = analyses(lambda t: fall(t) if t < 4.5 else [], times(5, 700.0), p_fall=0.9)
    assert kinds([e for a in seen for e in a.events]) == [EventKind.FALL, EventKind.LONG_LIE]
    remembered_until_s = max(a.frame.timestamp_s for a in seen if a.people)
    assert remembered_until_s == pytest.approx(4.5 + 660.0, abs=5.0)


def test_a_long_lie_is_told_once_though_the_tracker_takes_the_fallen_for_somebody_new() -> None:
    config = JudgeConfig(long_lie_after_s=10.0, on_floor_after_s=3.0)
    found = events(fallen_and_taken_for_somebody_new, times(15, 60.0), p_fall=0.9, config=config)
    assert kinds(found) == [EventKind.FALL, EventKind.LONG_LIE]
    assert found[1].decided_s == pytest.approx(found[0].decided_s + 10.0, abs=0.2)


def test_a_person_who_walks_out_of_the_image_has_not_fallen() -> None:
    found = events(lambda t: [figure(300 + 120 * t)] if t < 3.2 else [], times(15, 8.0))
    assert found == []


def test_standing_up_again_is_reported_and_a_second_fall_is_a_second_event() -> None:
    first, second = falling_at(3.0, up_again_s=6.0), falling_at(14.0)
    found = events(lambda t: first(t) if t < 12 else second(t), times(15, 18.0))
    assert kinds(found) == [EventKind.FALL, EventKind.RECOVERED, EventKind.FALL]


def test_somebody_still_down_after_a_fall_is_reported_again_once() -> None:
    config = JudgeConfig(long_lie_after_s=10.0)
    found = events(falling_at(3.0), times(10, 30.0), config=config)
    assert kinds(found) == [EventKind.FALL, EventKind.LONG_LIE]
    assert found[1].decided_s == pytest.approx(found[0].decided_s + 10.0, abs=0.2)


def test_a_fallen_person_the_pose_model_lost_is_still_a_long_lie() -> None:
    config = JudgeConfig(long_lie_after_s=10.0)
    fall = falling_at(3.0)
    found = events(lambda t: fall(t) if t < 5.0 else [], times(10, 20.0), config=config)
    assert kinds(found) == [EventKind.FALL, EventKind.LONG_LIE]


@pytest.mark.parametrize(("p_fall", "expected"), [(0.9, [EventKind.ON_FLOOR]), (0.2, [])])
def test_somebody_found_lying_is_reported_if_the_classifier_says_floor(
    p_fall: float, expected: list[EventKind]
) -> None:
    found = events(lambda t: [figure(200, tilt_deg=90)], times(10, 40.0), p_fall=p_fall)
    assert kinds(found) == expected
    if found:
        assert found[0].decided_s == pytest.approx(20.0, abs=1.0)


def test_a_caregiver_who_comes_to_somebody_fallen_and_out_of_sight_is_not_their_recovery() -> None:
    config = JudgeConfig(long_lie_after_s=10.0)
    fall = falling_at(3.0)

    def helped(t: float) -> list[Pose]:
        if t < 5.0:
            return list(fall(t))
        return [] if t < 9.0 else [figure(300)]

    found = events(helped, times(15, 20.0), config=config)
    assert kinds(found) == [EventKind.FALL, EventKind.LONG_LIE]


def test_who_got_up_unseen_and_was_found_sitting_later_falls_again() -> None:
    first, second = falling_at(3.0), falling_at(25.0)

    def scene(t: float) -> list[Pose]:
        if t < 4.0:
            return list(first(t))
        if 8.0 <= t < 14.0:
            return [figure(300)]
        if 20.0 <= t < 25.0:
            return [figure(300, tilt_deg=30, sink=0.28)]
        return list(second(t)) if t >= 25.0 else []

    found = events(scene, times(10, 28.0))
    assert kinds(found) == [EventKind.FALL, EventKind.FALL]


def test_a_caregiver_walking_past_does_not_hide_the_fall() -> None:
    fall = falling_at(3.0)
    found = events(lambda t: [*fall(t), figure(560 - 30 * t)], times(15, 8.0))
    assert kinds(found) == [EventKind.FALL]


BED = Zone(ZoneKind.BED, ((0.4, 0.6), (1.0, 0.6), (1.0, 1.0), (0.4, 1.0)))


def test_dropping_onto_a_bed_is_no_fall_and_lying_there_is_no_alarm() -> None:
    config = JudgeConfig(zones=(BED,))
    assert events(falling_at(3.0), times(15, 40.0), p_fall=0.9, config=config) == []
    assert events(falling_at(3.0), times(15, 40.0), p_fall=0.9) != []


def test_falling_out_of_bed_is_a_fall() -> None:
    def scene(t: float) -> list[Pose]:
        lying = figure(300, tilt_deg=90)
        part = min(max((t - 5.0) / 0.6, 0.0), 1.0) ** 2
        shift = np.array([-0.35 * part, -0.32 + 0.32 * part], dtype=np.float32)
        return [Pose(lying.landmarks_norm + shift, lying.visibility)]

    high_bed = Zone(ZoneKind.BED, ((0.3, 0.3), (1.0, 0.3), (1.0, 0.7), (0.3, 0.7)))
    config = JudgeConfig(zones=(high_bed,))
    found = events(scene, times(15, 10.0), p_fall=0.9, config=config)
    assert kinds(found) == [EventKind.FALL]
    assert found[0].decided_s >= 5.0


def test_a_person_in_a_mirror_is_nobody() -> None:
    mirror = Zone(ZoneKind.IGNORE, ((0.0, 0.0), (1.0, 0.0), (1.0, 1.0), (0.0, 1.0)))
    found = analyses(falling_at(3.0), times(15, 6.0), config=JudgeConfig(zones=(mirror,)))
    assert all(a.people == () and a.events == () for a in found)


def test_a_more_sensitive_setting_never_decides_later() -> None:
    def decided(sensitivity: str) -> float:
        config = JudgeConfig.for_sensitivity(sensitivity)
        return events(falling_at(3.0), times(30, 8.0), p_fall=0.7, config=config)[0].decided_s

    assert decided("high") <= decided("normal") <= decided("low")
    assert THRESHOLDS["high"] < THRESHOLDS["normal"] < THRESHOLDS["low"]


def test_an_unknown_sensitivity_is_refused_by_name() -> None:
    with pytest.raises(ValueError, match="'loud'"):
        JudgeConfig.for_sensitivity("loud")


def test_the_score_rises_with_the_fall_and_an_empty_room_scores_nothing() -> None:
    found = analyses(falling_at(3.0), times(15, 6.0))
    calm = max(a.score for a in found if a.frame.timestamp_s < 2.9)
    assert calm < 0.3 < 0.58 < max(a.score for a in found)
    assert all(a.score == 0.0 and a.people == () for a in analyses(lambda t: [], times(10, 3.0)))


def _asked(scene: Scene, p_fall: float, seconds: float, after_s: float = 0.0) -> int:
    """How often the classifier is asked about a scene at 60 frames a second."""
    classifier = FixedClassifier(p_fall)
    analyzer = Analyzer("room", ScenePose(scene), classifier, cut, JudgeConfig())
    before = 0
    for i, t in enumerate(times(60, after_s + seconds)):
        before = classifier.seen if t < after_s else before
        analyzer.step(Frame("room", i, t, _BLANK))
    return classifier.seen - before


def test_the_classifier_is_not_asked_more_often_than_it_helps() -> None:
    half_down = [figure(300, tilt_deg=45)]
    assert 10 <= _asked(lambda t: half_down, 0.1, 2.0) <= 17


def test_the_classifier_is_asked_less_where_it_changes_nothing() -> None:
    assert 3 <= _asked(standing, 0.1, 2.0) <= 7
    lying_since_3_s = falling_at(2.0)
    assert 3 <= _asked(lying_since_3_s, 0.9, 2.0, after_s=5.0) <= 6


def test_the_classifier_is_asked_often_as_soon_as_somebody_goes_down() -> None:
    classifier = FixedClassifier(0.2)
    analyzer = Analyzer("room", ScenePose(falling_at(2.0, 2.0)), classifier, cut, JudgeConfig())
    asked_s, waits_s = 0.0, []
    for i, t in enumerate(times(60, 6.0)):
        before = classifier.seen
        (person,) = analyzer.step(Frame("room", i, t, _BLANK)).people
        asked_s = t if classifier.seen > before else asked_s
        if person.posture in (Posture.GOING_DOWN, Posture.DOWN):
            waits_s.append(t - asked_s)
    assert waits_s
    assert max(waits_s) < CLASSIFY_EVERY_S + 1 / 60


def test_closing_the_analyzer_closes_the_pose_model() -> None:
    pose = ScenePose(standing)
    Analyzer("room", pose, None, cut, JudgeConfig()).close()
    assert pose.closed
