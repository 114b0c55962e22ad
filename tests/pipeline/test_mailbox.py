"""Hand-over: cameras give the newest picture, clips give every one, and nobody hangs."""

from __future__ import annotations

import threading
import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fallwatch.pipeline.mailbox import Conveyor, Mailbox


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
    assert [conveyor.take(5) for _ in items] == items
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
    assert not done.wait(0.1)
    assert conveyor.take(1) == 0
    assert done.wait(2)
    thread.join()


@pytest.fixture(params=[Mailbox, Conveyor])
def hand_over(request: pytest.FixtureRequest) -> Mailbox[int] | Conveyor[int]:
    made: Mailbox[int] | Conveyor[int] = request.param()
    return made


def test_taking_from_an_empty_one_ends_in_time(hand_over: Mailbox[int]) -> None:
    began_s = time.monotonic()
    assert hand_over.take(0.1) is None
    assert 0.09 < time.monotonic() - began_s < 1


def test_who_waits_gets_the_item_as_soon_as_it_comes(hand_over: Mailbox[int]) -> None:
    timer = threading.Timer(0.1, hand_over.put, [7])
    timer.start()
    assert hand_over.take(5) == 7
    timer.join()


def test_closing_wakes_who_takes(hand_over: Mailbox[int]) -> None:
    timer = threading.Timer(0.1, hand_over.close)
    timer.start()
    began_s = time.monotonic()
    assert hand_over.take(20) is None
    assert time.monotonic() - began_s < 2
    timer.join()


def test_closing_wakes_who_puts() -> None:
    conveyor: Conveyor[int] = Conveyor(places=1)
    conveyor.put(1)
    thread = threading.Thread(target=conveyor.put, args=(2,))
    thread.start()
    conveyor.close()
    thread.join(2)
    assert not thread.is_alive()


def test_nothing_goes_through_a_closed_one(hand_over: Mailbox[int]) -> None:
    hand_over.put(1)
    hand_over.close()
    hand_over.put(2)
    hand_over.close()
    assert hand_over.take(0.05) is None
