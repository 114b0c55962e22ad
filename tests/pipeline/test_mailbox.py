"""Hand-over: cameras give the newest frame, clips give every one, and nobody hangs."""

from __future__ import annotations

import threading
import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fallwatch.pipeline.mailbox import Conveyor, Mailbox
from tests.waiting import PATIENCE_S, wait_for_waiter

#: Longer than the time limit of a test.
_FOR_EVER_S = 3600.0


@given(steps=st.lists(st.one_of(st.integers(0, 100), st.just("take")), max_size=50))
def test_a_mailbox_gives_the_newest_item_once(steps: list[int | str]) -> None:
    box: Mailbox[int] = Mailbox()
    newest: int | None = None
    for step in steps:
        if isinstance(step, int):
            box.put(step)
            newest = step
        else:
            assert box.take(0) == newest
            newest = None


@given(items=st.lists(st.integers(), max_size=30), places=st.integers(1, 3))
def test_a_conveyor_gives_every_item_in_order(items: list[int], places: int) -> None:
    conveyor: Conveyor[int] = Conveyor(places)
    thread = threading.Thread(target=lambda: [conveyor.put(item) for item in items])
    thread.start()
    assert [conveyor.take(PATIENCE_S) for _ in items] == items
    thread.join()
    assert conveyor.take(0) is None


def test_who_puts_on_a_full_conveyor_waits() -> None:
    conveyor: Conveyor[int] = Conveyor(places=2)
    done = threading.Event()

    def put_three() -> None:
        for item in range(3):
            conveyor.put(item)
        done.set()

    thread = threading.Thread(target=put_three)
    thread.start()
    wait_for_waiter(conveyor._changed)
    assert not done.is_set()
    assert conveyor.take(PATIENCE_S) == 0
    assert done.wait(PATIENCE_S)
    thread.join()


@pytest.fixture(params=[Mailbox, Conveyor])
def hand_over(request: pytest.FixtureRequest) -> Mailbox[int] | Conveyor[int]:
    made: Mailbox[int] | Conveyor[int] = request.param()
    return made


def test_taking_from_an_empty_one_ends_in_time(hand_over: Mailbox[int]) -> None:
    began_s = time.monotonic()
    assert hand_over.take(0.1) is None
    assert time.monotonic() - began_s > 0.09


def test_who_waits_gets_the_item_as_soon_as_it_comes(hand_over: Mailbox[int]) -> None:
    def put() -> None:
        wait_for_waiter(hand_over._changed)
        hand_over.put(7)

    thread = threading.Thread(target=put)
    thread.start()
    assert hand_over.take(_FOR_EVER_S) == 7
    thread.join()


def test_closing_wakes_who_takes(hand_over: Mailbox[int]) -> None:
    def close() -> None:
        wait_for_waiter(hand_over._changed)
        hand_over.close()

    thread = threading.Thread(target=close)
    thread.start()
    assert hand_over.take(_FOR_EVER_S) is None
    thread.join()


def test_closing_wakes_who_puts() -> None:
    conveyor: Conveyor[int] = Conveyor(places=1)
    conveyor.put(1)
    thread = threading.Thread(target=conveyor.put, args=(2,))
    thread.start()
    wait_for_waiter(conveyor._changed)
    conveyor.close()
    thread.join(PATIENCE_S)
    assert not thread.is_alive()


def test_nothing_goes_through_a_closed_one(hand_over: Mailbox[int]) -> None:
    hand_over.put(1)
    hand_over.close()
    hand_over.put(2)
    hand_over.close()
    assert hand_over.take(0) is None
