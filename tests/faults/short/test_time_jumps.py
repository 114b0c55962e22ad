"""Short form of ``python -m tests.faults time``."""

from __future__ import annotations

import shutil
import sys

import pytest

from tests.faults.drills import time_jumps

pytestmark = [
    pytest.mark.faults,
    pytest.mark.timeout(600),
    pytest.mark.skipif(sys.platform == "win32", reason="Windows stops no process by a signal"),
]


def test_a_sleep_is_told_and_the_camera_opened_again() -> None:
    row = time_jumps.asleep(1, 17.0)
    assert row.kept, row.result


@pytest.mark.skipif(shutil.which("faketime") is None, reason="no faketime here")
def test_another_date_deletes_no_event() -> None:
    row = time_jumps.other_dates(1)
    assert row.kept, row.result
