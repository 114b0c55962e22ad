"""While a carer is in a room its alarms wait; what lasts is not lost, and no visit is endless."""

from __future__ import annotations

import json
import threading
from pathlib import Path

import numpy as np
import pytest

from fallwatch.core.message import Message
from fallwatch.core.presence.company import LEFT, LIES_ALONE
from fallwatch.core.types import Alarm, Analysis, Box, EventKind, Frame, Person, Posture
from fallwatch.runtime.visits.care_visits import (
    BROKEN_OFF,
    CARE_VISIT,
    CARE_VISIT_OVER,
    CLOCK_SET,
    LONGEST_TIME_OVER,
    CareVisits,
    begin_message,
    ended_by,
)
from fallwatch.runtime.visits.visit_files import VisitFiles
from tests.alarms.builders import make_alarm, make_event
from tests.core.synthetic import figure
from tests.waiting import PATIENCE_S, wait_until

LONGEST_S = 1800.0
_PIXELS = np.zeros((4, 4, 3), np.uint8)


class Ward:
    """Visits with clocks that a test moves, and what came of them."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.steady_s, self.wall_s = 0.0, 1_800_000_000.0
        self.told: list[tuple[str, str, Message, str]] = []
        self.raised: list[str] = []
        self.visits = self.new_run()

    def new_run(self) -> CareVisits:
        self.visits = CareVisits(
            self._record,
            lambda: LONGEST_S,
            self.folder,
            lambda room, kind, began: self.raised.append(f"kept {kind.value} in {room}"),
            lambda: self.steady_s,
            lambda: self.wall_s,
        )
        return self.visits

    def _record(self, room: str, kind: str, message: Message, by: str) -> Alarm:
        self.told.append((room, kind, message, by))
        return make_alarm(kind=kind)

    def pass_s(self, seconds: float) -> None:
        self.steady_s += seconds
        self.wall_s += seconds
        self.visits.do_waiting()

    def see(self, seconds: float, people: int, fallen: tuple[int, ...] = ()) -> None:
        """So many are seen for so long; those of these numbers lie there, having fallen."""
        persons = [
            Person(
                number,
                Box(0, 0, 1, 1),
                figure(300),
                None,
                0.0,
                Posture.FALLEN if number in fallen else Posture.UPRIGHT,
            )
            for number in range(1, people + 1)
        ]
        for _ in range(round(seconds * 10)):
            self.steady_s += 0.1
            self.wall_s += 0.1
            frame = Frame("Hall", 0, self.steady_s, _PIXELS)
            self.visits.see("Hall", Analysis(frame, tuple(persons)))
        self.visits.do_waiting()

    def hold(self, kind: EventKind = EventKind.FALL, track_id: int = 1, room: str = "Hall") -> bool:
        event = make_event(kind, camera=room, track_id=track_id)
        return self.visits.hold(room, event, lambda: self.raised.append(f"{kind.value} {track_id}"))

    @property
    def reason(self) -> object:
        """Why the last visit ended."""
        _, kind, message, _ = self.told[-1]
        assert kind == CARE_VISIT_OVER
        return message.arguments[0]


@pytest.fixture
def ward(tmp_path: Path) -> Ward:
    return Ward(tmp_path / "visits")


def test_begin_and_end_are_told_with_who_and_why(ward: Ward) -> None:
    ward.visits.begin("Hall", "maria")
    ward.visits.do_waiting()
    assert ward.told == [("Hall", CARE_VISIT, begin_message("maria", 30), "maria")]
    assert ward.visits.left_s("Hall") == LONGEST_S
    assert ward.visits.rooms == ("Hall",)
    assert ward.visits.left_s("Kitchen") == 0
    ward.visits.end("Hall", ended_by("jo"), "jo")
    ward.visits.do_waiting()
    assert ward.reason == ended_by("jo")
    assert ward.visits.rooms == ()
    assert ward.visits.get("Hall") is None
    ward.visits.end("Hall", ended_by("jo"), "jo")
    ward.visits.do_waiting()
    assert len(ward.told) == 2


def test_alarms_wait_only_in_the_room_that_is_visited(ward: Ward) -> None:
    assert not ward.hold()
    ward.visits.begin("Hall", "maria")
    assert ward.hold()
    assert not ward.hold(room="Kitchen")


def test_it_ends_when_the_carer_has_left(ward: Ward) -> None:
    ward.visits.begin("Hall", "maria")
    ward.see(60, people=2)
    assert ward.visits.rooms == ("Hall",)
    ward.see(35, people=1)
    assert ward.visits.rooms == ()
    assert ward.reason == LEFT
    assert not ward.hold()


def test_it_never_outlasts_its_longest_time_whatever_is_seen(ward: Ward) -> None:
    ward.visits.begin("Hall", "maria")
    for _ in range(40):
        ward.see(30, people=2)
        ward.visits.begin("Hall", "maria")  # pressed again and again
    assert ward.visits.rooms == ("Hall",)
    for _ in range(19):
        ward.see(30, people=2)
    assert ward.visits.left_s("Hall") == pytest.approx(30, abs=1)
    ward.see(31, people=2)
    assert ward.visits.rooms == ()
    assert ward.reason == LONGEST_TIME_OVER


def test_it_ends_without_a_camera_too_and_without_anybody_looking(ward: Ward) -> None:
    ward.visits.begin("Hall", "maria")
    ward.steady_s += LONGEST_S
    # Nobody has looked after the visits: what happens now is an alarm all the same.
    assert not ward.hold()
    assert ward.visits.rooms == ()
    ward.visits.do_waiting()
    assert ward.reason == LONGEST_TIME_OVER


def test_the_computer_s_sleep_counts(ward: Ward) -> None:
    ward.visits.begin("Hall", "maria")
    ward.wall_s += LONGEST_S  # the steady clock stood still
    assert not ward.hold()


def test_whoever_lies_there_at_the_end_is_an_alarm(ward: Ward) -> None:
    ward.visits.begin("Hall", "maria")
    ward.see(40, people=2)
    assert ward.hold(track_id=2)
    ward.see(10, people=2, fallen=(2,))
    assert ward.hold(EventKind.LONG_LIE, track_id=2)
    assert ward.raised == []
    ward.visits.end("Hall", ended_by("maria"), "maria")
    ward.visits.do_waiting()
    assert ward.raised == ["fall 2", "long_lie 2"]


def test_it_ends_by_itself_where_somebody_lies_alone(ward: Ward) -> None:
    ward.visits.begin("Hall", "maria")
    assert ward.hold()
    ward.see(20, people=1, fallen=(1,))
    assert ward.reason == LIES_ALONE
    assert ward.raised == ["fall 1"]


def test_a_carer_who_kneels_down_and_stands_up_is_no_alarm(ward: Ward) -> None:
    ward.visits.begin("Hall", "maria")
    ward.see(40, people=2)
    assert ward.hold(track_id=2)
    ward.see(5, people=2, fallen=(2,))
    assert ward.hold(EventKind.RECOVERED, track_id=2)  # nobody heard of it
    ward.see(40, people=2)
    ward.visits.end("Hall", ended_by("maria"), "maria")
    ward.visits.do_waiting()
    assert ward.raised == []


def test_that_somebody_got_up_ends_the_alarm_of_before_the_visit(ward: Ward) -> None:
    ward.visits.begin("Hall", "maria")
    assert not ward.hold(EventKind.RECOVERED)
    assert ward.hold(EventKind.LONG_LIE)
    assert not ward.hold(EventKind.RECOVERED)


def test_whoever_was_lost_and_lies_there_under_another_number_is_an_alarm(ward: Ward) -> None:
    ward.visits.begin("Hall", "maria")
    assert ward.hold(track_id=7)
    ward.see(5, people=1, fallen=(1,))
    ward.visits.end("Hall", ended_by("maria"), "maria")
    ward.visits.do_waiting()
    assert ward.raised == ["fall 7"]


def test_whoever_fell_and_is_lost_from_view_is_an_alarm(ward: Ward) -> None:
    """Other settings, another analysis: it knows nobody, and does not find who lies there."""
    ward.visits.begin("Hall", "maria")
    assert ward.hold()
    ward.see(200, people=0)
    assert ward.visits.rooms == ()
    assert ward.raised == ["fall 1"]


def test_a_visit_that_ends_in_the_instant_of_a_fall_does_not_lose_it(ward: Ward) -> None:
    ward.visits.begin("Hall", "maria")
    assert ward.hold()
    ward.visits.end("Hall", ended_by("maria"), "maria")
    ward.visits.do_waiting()
    assert ward.raised == ["fall 1"]


def test_a_fall_held_back_outlives_a_power_cut(ward: Ward) -> None:
    ward.visits.begin("Hall", "maria")
    assert ward.hold()
    ward.visits.do_waiting()
    visits = ward.new_run()  # the one before ended without a word
    visits.resume("Hall")
    visits.do_waiting()
    assert ward.raised == ["kept fall in Hall"]
    assert ward.reason == BROKEN_OFF
    assert visits.rooms == ()
    again = ward.new_run()
    again.resume("Hall")
    again.do_waiting()
    assert ward.raised == ["kept fall in Hall"], "told once"


def test_a_fall_after_which_somebody_got_up_is_not_kept(ward: Ward) -> None:
    ward.visits.begin("Hall", "maria")
    assert ward.hold()
    assert ward.hold(EventKind.RECOVERED)
    ward.visits.do_waiting()
    visits = ward.new_run()
    visits.resume("Hall")
    visits.do_waiting()
    assert ward.raised == []
    assert visits.rooms == ("Hall",)


def test_a_record_that_fails_takes_no_alarm_with_it(ward: Ward) -> None:
    ward.visits.begin("Hall", "maria")
    ward.visits.listen(lambda room, words: 1 / 0)
    assert ward.hold()
    ward.visits.end("Hall", ended_by("maria"), "maria")
    ward.visits.stop()
    assert ward.raised == ["fall 1"]


def test_a_disk_that_hangs_keeps_no_alarm_back_at_the_end(tmp_path: Path) -> None:
    hangs, ward = threading.Event(), Ward(tmp_path / "visits")

    def record(room: str, kind: str, message: Message, by: str) -> Alarm:
        hangs.wait(PATIENCE_S)
        return make_alarm(kind=kind)

    ward.visits._record = record
    ward.visits.start()
    ward.visits.begin("Hall", "maria")
    wait_until(lambda: ward.visits._waiting.empty())
    assert ward.hold()
    late = ward.visits.stop(0.4)
    hangs.set()
    assert late
    wait_until(lambda: ward.raised == ["fall 1"])


def test_somebody_who_gets_out_of_bed_before_the_carer_has_come_is_a_notice(ward: Ward) -> None:
    ward.visits.begin("Hall", "maria")
    assert not ward.hold(EventKind.BED_EXIT)
    ward.see(10, people=2)
    assert ward.hold(EventKind.BED_EXIT)


def test_what_was_held_back_is_not_lost_when_fallwatch_is_closed(ward: Ward) -> None:
    ward.visits.begin("Hall", "maria")
    assert ward.hold()
    ward.see(5, people=1, fallen=(1,))
    assert ward.visits.stop() == []
    assert ward.raised == ["fall 1"]


def test_a_restart_makes_it_neither_longer_nor_shorter(ward: Ward) -> None:
    ward.visits.begin("Hall", "maria")
    ward.pass_s(600)
    ward.visits.stop()
    ward.steady_s = 0.0  # the computer was started again
    ward.wall_s += 300
    visits = ward.new_run()
    visits.resume("Kitchen")
    visits.resume("Hall")
    visits.do_waiting()
    assert visits.rooms == ("Hall",)
    assert visits.left_s("Hall") == LONGEST_S - 900
    visit = visits.get("Hall")
    assert visit is not None
    assert visit.by == "maria"
    # The watch begins again, as after other settings: that is no second run.
    visits.end("Hall", ended_by("maria"), "maria")
    visits.resume("Hall")
    visits.do_waiting()
    assert visits.rooms == ()


@pytest.mark.parametrize(("moved_s", "reason"), [(3600.0, LONGEST_TIME_OVER), (-3600.0, CLOCK_SET)])
def test_a_visit_that_is_over_by_the_next_start_is_told(
    ward: Ward, moved_s: float, reason: Message
) -> None:
    ward.visits.begin("Hall", "maria")
    ward.visits.do_waiting()
    ward.wall_s += moved_s
    visits = ward.new_run()
    visits.resume("Hall")
    visits.do_waiting()
    assert visits.rooms == ()
    assert ward.reason == reason
    assert list(ward.folder.iterdir()) == []


@pytest.mark.parametrize("content", ["", "{}", "[]", json.dumps({"by": "x", "until_unix_s": "?"})])
def test_a_damaged_file_is_no_visit(ward: Ward, content: str) -> None:
    ward.visits.begin("Hall", "maria")
    ward.visits.do_waiting()
    (path,) = ward.folder.iterdir()
    path.write_text(content)
    visits = ward.new_run()
    visits.resume("Hall")
    visits.do_waiting()
    assert visits.rooms == ()
    assert not path.exists()


def test_other_programs_see_who_is_where(ward: Ward) -> None:
    assert VisitFiles(ward.folder).now(ward.wall_s) == {}
    ward.visits.begin("Hall", "maria")
    ward.visits.do_waiting()
    (ward.folder / "damaged.json").write_text("{")
    (visit,) = VisitFiles(ward.folder).now(ward.wall_s + LONGEST_S - 1).values()
    assert (visit.by, visit.until_unix_s) == ("maria", ward.wall_s + LONGEST_S)
    assert VisitFiles(ward.folder).now(ward.wall_s + LONGEST_S) == {}


def test_a_file_with_an_end_far_away_lasts_no_longer_than_a_visit_may(ward: Ward) -> None:
    ward.visits.begin("Hall", "maria")
    ward.visits.do_waiting()
    (path,) = ward.folder.iterdir()
    values = json.loads(path.read_text())
    path.write_text(json.dumps(values | {"until_unix_s": 1e12}))
    visits = ward.new_run()
    visits.resume("Hall")
    visits.do_waiting()
    assert visits.left_s("Hall") == LONGEST_S


def test_a_folder_that_cannot_be_written_keeps_nobody_from_visiting(tmp_path: Path) -> None:
    (tmp_path / "visits").write_text("a file")
    ward = Ward(tmp_path / "visits")
    ward.visits.begin("Hall", "maria")
    ward.visits.do_waiting()
    assert ward.visits.rooms == ("Hall",)
    assert ward.told


def test_listeners_hear_of_it_once_it_is_recorded(ward: Ward) -> None:
    heard: list[tuple[str, int]] = []
    ward.visits.listen(lambda room, words: heard.append((room, len(ward.told))))
    ward.visits.begin("Hall", "maria")
    ward.pass_s(LONGEST_S)
    assert heard == [("Hall", 1), ("Hall", 2)]
