"""Short form of ``python -m tests.faults broker``."""

from __future__ import annotations

import pytest

from tests.alarms.receivers import mosquitto_or_skip
from tests.faults.drills import broker


@pytest.mark.faults
@pytest.mark.timeout(600)
def test_a_flood_keeps_back_no_true_alarm() -> None:
    mosquitto_or_skip()
    row = broker.flooded(3.0, 100.0)
    assert row.kept, row.result
