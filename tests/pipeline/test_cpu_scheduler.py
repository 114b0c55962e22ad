"""The computer is shared fairly among its cameras, and never below the rate that sees a fall."""

from __future__ import annotations

import random
import threading
import time
from collections import Counter
from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fallwatch.pipeline import cpu_scheduler
from fallwatch.pipeline.cpu_scheduler import CALM_FPS, SLOWEST_FPS, CpuScheduler
from fallwatch.pipeline.urgency import Urgency
from tests.waiting import PATIENCE_S, FakeClock, wait_until


def a_share(cost_s: float, *, moving: int = 1, falling: int = 0) -> CpuScheduler:
    """A computer that has learned what a frame costs; its cameras have numbers from 0."""
    clock = FakeClock()
    share = CpuScheduler(2, clock)
    for _ in range(200):
        with share.turn("camera"):
            clock.advance(cost_s)
    for camera in range(moving + falling):
        share.set_urgency(camera, Urgency.MOVING if camera < moving else Urgency.FALLING)
    return share


@pytest.mark.parametrize(
    ("cost_s", "busy", "expected"),
    [
        (0.028, 1, 15.0),
        (0.028, 2, 15.0),
        (0.028, 3, 12.0),
        (0.028, 4, 10.0),
        (0.028, 9, 9.0),
        (0.300, 1, 9.0),
        (0.002, 9, 15.0),
    ],
)
def test_each_busy_camera_gets_what_the_computer_manages(
    cost_s: float, busy: int, expected: float
) -> None:
    assert a_share(cost_s, moving=busy).fps(0, 15.0) == expected


def test_a_camera_that_falls_quiet_leaves_its_share_to_the_others() -> None:
    share = a_share(0.028, moving=4)
    before = share.fps(3, 15.0)
    for camera in range(3):
        share.set_urgency(camera, Urgency.EMPTY)
    assert before < share.fps(3, 15.0) == 15.0


def test_where_nothing_moves_few_frames_are_wanted_and_their_share_is_kept() -> None:
    share = a_share(0.028, moving=3)
    assert share.fps(0, 15.0) == 12.0
    for camera in range(3, 6):
        share.set_urgency(camera, Urgency.CALM)
    assert share.fps(3, 15.0) == CALM_FPS
    assert share.fps(0, 15.0) == 9.0


def test_where_somebody_falls_every_frame_is_judged_and_other_rooms_pay_for_it() -> None:
    share = a_share(0.028, moving=3, falling=1)
    assert share.fps(3, 15.0) == 15.0
    assert share.fps(0, 15.0) == 9.0
    assert a_share(0.028, moving=3).fps(0, 15.0) == 12.0


@given(
    cost_s=st.floats(0.0, 5.0),
    moving=st.integers(1, 9),
    falling=st.integers(0, 9),
    most=st.floats(8.0, 30.0),
)
def test_the_rate_stays_between_the_floor_and_what_was_asked_for(
    cost_s: float, moving: int, falling: int, most: float
) -> None:
    assert SLOWEST_FPS <= a_share(cost_s, moving=moving, falling=falling).fps(0, most) <= most


def test_two_are_judged_at_once_for_each_processor_and_no_more(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """While one waits for its network or for Python, the other uses the processor.

    One turn for each thread, and as many threads as make whole groups: nobody is left to wait.
    """
    monkeypatch.setattr(cpu_scheduler, "_LONGEST_TURN_S", 3600.0)
    share = CpuScheduler(2)
    inside, most = 0, 0
    lock = threading.Lock()
    four_at_a_time = threading.Barrier(4, timeout=PATIENCE_S)

    def work(camera: int) -> None:
        nonlocal inside, most
        with share.turn(camera):
            with lock:
                inside += 1
                most = max(most, inside)
            four_at_a_time.wait()
            with lock:
                inside -= 1

    threads = [threading.Thread(target=work, args=(camera,)) for camera in range(12)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert most == 4


def test_a_turn_that_ends_wakes_the_next_one_and_nobody_else(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Nobody looks again unasked: one who is not woken in turn would wait for ever."""
    monkeypatch.setattr(cpu_scheduler, "_LONGEST_TURN_S", 3600.0)
    monkeypatch.setattr(cpu_scheduler, "_LOOK_AGAIN_S", 3600.0)
    waits: Counter[str] = Counter()

    class CountedCondition(threading.Condition):
        def wait(self, timeout: float | None = None) -> bool:
            waits[threading.current_thread().name] += 1
            return super().wait(timeout)

    monkeypatch.setattr(threading, "Condition", CountedCondition)
    share = CpuScheduler(1)
    begin = threading.Barrier(8)

    def work() -> None:
        name = threading.current_thread().name
        begin.wait()
        waits.pop(name, None)  # for the barrier
        for _ in range(20):
            with share.turn(name):
                time.sleep(0.001)

    threads = [threading.Thread(target=work, name=f"room {n}", daemon=True) for n in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(PATIENCE_S)
        assert not thread.is_alive()
    # Once for each turn; now and then somebody is woken and finds that another was faster.
    assert sum(waits[thread.name] for thread in threads) <= 8 * 20 * 1.5


def test_one_whose_waiting_fails_is_not_waited_for() -> None:
    """A thread may find no memory for the lock that it would wait on."""
    share = CpuScheduler(1, turns_each=1)

    class BrokenCondition(threading.Condition):
        def wait(self, timeout: float | None = None) -> bool:
            raise MemoryError

    with share.turn("works"), pytest.MonkeyPatch.context() as patch:
        patch.setattr(threading, "Condition", BrokenCondition)
        with pytest.raises(MemoryError), share.turn("fails"):
            pass
    done = threading.Event()

    def work() -> None:
        with share.turn("next"):
            done.set()

    thread = threading.Thread(target=work, daemon=True)
    thread.start()
    assert done.wait(PATIENCE_S), "behind one that has gone"
    thread.join(PATIENCE_S)


def test_rooms_that_fail_stop_and_change_at_random_never_wait_for_ever(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Nobody looks again unasked, so that a call that gets lost stops a room."""
    monkeypatch.setattr(cpu_scheduler, "_LONGEST_TURN_S", 3600.0)
    monkeypatch.setattr(cpu_scheduler, "_LOOK_AGAIN_S", 3600.0)
    share = CpuScheduler(2)

    def work(room: int) -> None:
        chance = random.Random(room)
        for number in range(60):
            # As when its analysis failed, and another took its place.
            camera = (room, number // chance.randint(1, 20))
            share.set_urgency(camera, chance.choice(list(Urgency)))
            with suppress(ValueError), share.turn(camera):
                if chance.random() < 0.3:
                    time.sleep(0.001 * chance.random())
                share.set_urgency(camera, chance.choice(list(Urgency)))
                if chance.random() < 0.2:
                    raise ValueError
            if chance.random() < 0.2:
                share.leave(camera)

    threads = [threading.Thread(target=work, args=(room,), daemon=True) for room in range(16)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(PATIENCE_S)
        assert not thread.is_alive()
    assert not share._waiting
    assert not share._calls
    assert not share._began_s


def order_of_turns(share: CpuScheduler, cameras: list[int]) -> list[int]:
    """The order in which cameras that ask in this order get their turn."""
    order: list[int] = []

    def work(camera: int) -> None:
        with share.turn(camera):
            order.append(camera)

    threads = []
    with share.turn("another camera"):
        for waiting, camera in enumerate(cameras, start=1):
            thread = threading.Thread(target=work, args=(camera,))
            thread.start()
            wait_until(lambda expected=waiting: len(share._waiting) == expected)  # type: ignore[misc]
            threads.append(thread)
    for thread in threads:
        thread.join()
    return order


def test_turns_go_round_in_the_order_of_asking(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(cpu_scheduler, "_LONGEST_TURN_S", 3600.0)
    assert order_of_turns(CpuScheduler(1, turns_each=1), [0, 1, 2, 3, 4]) == [0, 1, 2, 3, 4]


def test_where_somebody_falls_comes_before_all_others(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(cpu_scheduler, "_LONGEST_TURN_S", 3600.0)
    share = CpuScheduler(1, turns_each=1)
    for camera in range(8):
        share.set_urgency(camera, Urgency.CALM)
    share.set_urgency(3, Urgency.FALLING)
    share.set_urgency(5, Urgency.EMPTY)
    share.set_urgency(6, Urgency.FALLING)
    assert order_of_turns(share, list(range(8))) == [3, 6, 0, 1, 2, 4, 5, 7]


def test_nobody_waits_for_ever_behind_rooms_in_which_somebody_falls() -> None:
    clock = FakeClock()
    share = CpuScheduler(1, clock, turns_each=1)
    share.set_urgency("falling", Urgency.FALLING)
    share._waiting["calm"] = clock()
    clock.advance(0.1)
    share._waiting["falling"] = clock()
    assert share._most_urgent(clock()) == "falling"
    clock.advance(0.3)
    assert share._most_urgent(clock()) == "calm"


def test_an_analysis_that_hangs_does_not_hold_up_the_others(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(cpu_scheduler, "_LONGEST_TURN_S", 0.05)
    share = CpuScheduler(1, turns_each=1)
    began_s = time.monotonic()
    with share.turn("hangs"):
        with share.turn("waits"):
            pass
        assert time.monotonic() - began_s >= 0.05
    assert not share._began_s


def test_a_turn_ends_with_an_error_inside() -> None:
    share = CpuScheduler(1, turns_each=1)
    for _ in range(3):
        with pytest.raises(ValueError, match="broken"), share.turn("hall"):
            raise ValueError("broken")
    with share.turn("hall"):
        assert list(share._began_s) == ["hall"]


def test_a_camera_whose_analysis_was_replaced_is_forgotten() -> None:
    share = a_share(0.028, moving=4)
    for camera in range(4):
        share.leave(camera)
    share.leave("never known")
    share.set_urgency("hall", Urgency.MOVING)
    assert share.fps("hall", 15.0) == 15.0
