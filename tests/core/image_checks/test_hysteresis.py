"""What must last before it counts, and be over for some time before it ends."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from fallwatch.core.image_checks.hysteresis import Hysteresis


def test_it_begins_and_ends_late() -> None:
    lasting = Hysteresis(10, 3)
    seen = [5 <= now_s < 30 for now_s in range(50)]
    holds = [lasting.update(each, float(now_s)) for now_s, each in enumerate(seen)]
    assert [now_s for now_s, each in enumerate(holds) if each] == list(range(15, 33))


def test_a_break_begins_the_wait_again() -> None:
    lasting = Hysteresis(10, 3)
    assert not any(lasting.update(now_s % 8 != 0, float(now_s)) for now_s in range(60))


@given(
    st.lists(st.tuples(st.booleans(), st.floats(0, 5)), max_size=60),
    st.floats(1, 10),
    st.floats(1, 10),
)
def test_two_changes_lie_apart_as_far_as_it_was_asked(
    steps: list[tuple[bool, float]], begins_s: float, ends_s: float
) -> None:
    lasting, now_s, changed_s = Hysteresis(begins_s, ends_s), 0.0, 0.0
    for seen, elapsed_s in steps:
        now_s += elapsed_s
        before = lasting.holds
        if lasting.update(seen, now_s) is not before:
            assert seen is not before
            assert now_s - changed_s >= (ends_s if before else begins_s)
            changed_s = now_s
