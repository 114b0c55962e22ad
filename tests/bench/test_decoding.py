"""What decoding costs by the size of a stream can be measured."""

from __future__ import annotations

import pytest

from tests.bench import decoding


def test_a_smaller_stream_costs_less(capsys: pytest.CaptureFixture[str]) -> None:
    assert decoding.main(["--frames", "12"]) == 0
    lines = capsys.readouterr().out.splitlines()
    cost = {line[:26].strip(): float(line[26:].split()[0]) for line in lines}
    assert cost["H.264 640 x 360"] < cost["H.264 2560 x 1440"]
    assert len(cost) == 6
