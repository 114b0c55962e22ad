"""Short form of ``python -m tests.faults waiting``."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.faults.drills import waiting

pytestmark = [
    pytest.mark.faults,
    pytest.mark.timeout(600),
    pytest.mark.skipif(not Path("/dev/full").exists(), reason="no disk that is always full"),
]


@pytest.mark.parametrize("kind", waiting.BROKEN)
def test_whatever_becomes_of_its_words_falls_sound_and_are_recorded(kind: str) -> None:
    row = waiting.streams(1, {kind: waiting.BROKEN[kind]})
    assert row.kept, row.result


def test_a_keyring_that_waits_keeps_back_no_alarm() -> None:
    row = waiting.keyring(1)
    assert row.kept, row.result
