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

#: The long form says how soon; beside other tests it is only asked whether.
_WITHIN_S = 29.0


@pytest.mark.parametrize("kind", waiting.BROKEN)
def test_whatever_becomes_of_its_words_falls_sound_and_are_recorded(kind: str) -> None:
    row = waiting.streams(1, {kind: waiting.BROKEN[kind]}, _WITHIN_S)
    assert row.kept, row.result


def test_a_keyring_that_waits_keeps_back_no_alarm() -> None:
    row = waiting.keyring(1, _WITHIN_S)
    assert row.kept, row.result
