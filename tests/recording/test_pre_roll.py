from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from fallwatch.recording.pre_roll import PreRoll, Shot

STEPS = st.lists(
    st.tuples(st.floats(-30, 5, allow_nan=False), st.integers(0, 500)), min_size=1, max_size=60
)


@given(STEPS)
def test_it_is_bounded_in_time_and_memory_and_always_holds_the_newest(
    steps: list[tuple[float, int]],
) -> None:
    ring, now_s = PreRoll(10.0, 1000), 0.0
    for step_s, size in steps:
        now_s += step_s
        ring.add(Shot(now_s, bytes(size), 0.0, 0.0))
        times = [shot.time_s for shot in ring.shots()]
        assert times[-1] == now_s
        assert times == sorted(set(times))
        assert times[0] >= now_s - 10.0
        assert ring.size_bytes == sum(len(shot.jpeg) for shot in ring.shots()) <= 1000


def test_ten_seconds_are_kept_where_there_is_room() -> None:
    ring = PreRoll(10.0, 10_000)
    for index in range(300):
        ring.add(Shot(index / 10, b"x", 0.0, 0.0))
    assert [shot.time_s for shot in ring.shots()] == [index / 10 for index in range(199, 300)]
