"""Short form of the last row of ``python -m tests.faults record``."""

from __future__ import annotations

import sys

import pytest

from tests.faults.drills import record


@pytest.mark.faults
@pytest.mark.timeout(600)
@pytest.mark.skipif(sys.platform == "win32", reason="the drill ends processes by a signal")
def test_falls_while_the_record_is_locked_sound_and_survive_kill_9() -> None:
    row = record.locked(2)
    assert row.kept, row.result
