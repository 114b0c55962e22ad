"""Short form of ``python -m tests.faults pictures``, and its random choices."""

from __future__ import annotations

import random
from collections.abc import Callable
from functools import partial
from pathlib import Path

import pytest

from tests.faults.drills.pictures import HALT_S, Loss, halted, scattered, watch

_MOMENTS_S = [number / 15.0 for number in range(3000)]


@pytest.mark.faults
@pytest.mark.timeout(300)
@pytest.mark.parametrize("kind", [partial(scattered, share=0.5), halted], ids=["half", "halts"])
def test_what_few_frames_show_is_judged_rightly(
    kind: Callable[[random.Random], Loss], demo_fall: Path, demo_daily: Path
) -> None:
    somebody_falls = watch(demo_fall, kind(random.Random(1)))
    assert (somebody_falls.found, somebody_falls.false_alarms) == (1, 0)
    nobody_falls = watch(demo_daily, kind(random.Random(2)))
    assert (nobody_falls.falls, nobody_falls.false_alarms) == (0, 0)


def test_as_many_frames_are_lost_as_said() -> None:
    is_lost = scattered(random.Random(3), 0.4)
    lost = sum(map(is_lost, _MOMENTS_S))
    assert lost / len(_MOMENTS_S) == pytest.approx(0.4, abs=0.05)


def test_halts_come_again_and_are_as_long_as_said() -> None:
    lost = "".join("x" if is_lost else "." for is_lost in map(halted(random.Random(4)), _MOMENTS_S))
    halts_s = [len(halt) / 15.0 for halt in lost.split(".") if halt]
    assert len(halts_s) > 40
    assert min(halts_s) >= HALT_S[0] - 1 / 15
    assert max(halts_s) <= HALT_S[1] + 1 / 15
