"""What the page costs can be measured: viewers get images and see every alarm."""

from __future__ import annotations

import pytest

from tests.bench import page_load


def test_viewers_see_frames_and_every_alarm_while_the_room_is_watched(
    capsys: pytest.CaptureFixture[str],
) -> None:
    assert page_load.main(["--viewers", "2", "--idle", "3", "--seconds", "3"]) == 0
    lines = capsys.readouterr().out.splitlines()
    figures = {line[:45].strip(): float(line[45:]) for line in lines}
    assert figures["alarms seen, of those there were to see"] == 1.0
    assert figures["frames a second and viewer"] > 0
    assert figures["frames a second with viewers"] > 0
    assert figures["refused requests"] == 0
