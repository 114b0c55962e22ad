"""Short form of ``python -m tests.faults settings``."""

from __future__ import annotations

import sys

import pytest

from tests.faults.drills import settings_writers


@pytest.mark.faults
@pytest.mark.timeout(600)
@pytest.mark.skipif(sys.platform == "win32", reason="the drill ends processes by a signal")
def test_what_several_programs_write_is_kept_and_followed() -> None:
    row = settings_writers.two_writers(1)
    assert row.kept, row.result
