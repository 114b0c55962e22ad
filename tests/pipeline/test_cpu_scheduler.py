"""The computer is shared fairly among its cameras, and never below the rate that sees a fall."""

from __future__ import annotations

import threading
import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fallwatch.pipeline import cpu_scheduler
from fallwatch.pipeline.cpu_scheduler import SLOWEST_FPS, CpuScheduler
from tests.waiting import PATIENCE_S, FakeClock, wait_until


@pytest.fixture(autouse=True)
def nobody_goes_out_of_turn(monkeypatch: pytest.MonkeyPatch) -> None:
    """However long others take on a busy computer."""
    monkeypatch.setattr(cpu_scheduler, "_LONGEST_WAIT_S", 3600.0)


def a_share(cost_s: float, *, at_once: int = 2, busy: int = 1) -> CpuScheduler:
    """A computer that has learned what a picture costs."""
    clock = FakeClock()
    share = CpuScheduler(at_once, clock)
    for _ in range(200):
        with share.turn():
            clock.advance(cost_s)
    for camera in range(busy):
        share.set_busy(camera, True)
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
    assert a_share(cost_s, busy=busy).fps(15.0) == expected


def test_a_camera_that_falls_quiet_leaves_its_share_to_the_others() -> None:
    share = a_share(0.028, busy=4)
    before = share.fps(15.0)
    for camera in range(3):
        share.set_busy(camera, False)
    assert before < share.fps(15.0) == 15.0


@given(cost_s=st.floats(0.0, 5.0), busy=st.integers(0, 9), most=st.floats(8.0, 30.0))
def test_the_rate_stays_between_the_floor_and_what_was_asked_for(
    cost_s: float, busy: int, most: float
) -> None:
    assert SLOWEST_FPS <= a_share(cost_s, busy=busy).fps(most) <= most


def test_no_more_are_judged_at_once_than_there_are_processors() -> None:
    """One turn for each thread, an even number of them: nobody is left to wait for a second."""
    share = CpuScheduler(2)
    inside, most = 0, 0
    lock = threading.Lock()
    two_at_a_time = threading.Barrier(2, timeout=PATIENCE_S)

    def work() -> None:
        nonlocal inside, most
        with share.turn():
            with lock:
                inside += 1
                most = max(most, inside)
            two_at_a_time.wait()
            with lock:
                inside -= 1

    threads = [threading.Thread(target=work) for _ in range(12)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert most == 2


def test_turns_go_round_in_the_order_of_asking() -> None:
    share = CpuScheduler(1)
    order: list[int] = []

    def work(number: int) -> None:
        with share.turn():
            order.append(number)

    threads = []
    with share.turn():
        for number in range(5):
            thread = threading.Thread(target=work, args=(number,))
            thread.start()
            wait_until(lambda expected=number + 1: len(share._waiting) == expected)  # type: ignore[misc]
            threads.append(thread)
    for thread in threads:
        thread.join()
    assert order == [0, 1, 2, 3, 4]


def test_an_analysis_that_hangs_does_not_hold_up_the_others(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(cpu_scheduler, "_LONGEST_WAIT_S", 0.05)
    share = CpuScheduler(1)
    began_s = time.monotonic()
    with share.turn(), share.turn():
        assert share._taken == 2
    assert time.monotonic() - began_s >= 0.05
    assert share._taken == 0


def test_a_turn_ends_with_an_error_inside() -> None:
    share = CpuScheduler(1)
    for _ in range(3):
        with pytest.raises(ValueError, match="broken"), share.turn():
            raise ValueError("broken")
    with share.turn():
        assert share._taken == 1
