"""What painting and decoding cost can be measured."""

from __future__ import annotations

import subprocess
import sys

import pytest

from tests.bench import decoding

_TILES = (sys.executable, "-m", "tests.bench.tile_painting", "--tiles", "4", "--seconds", "1.5")


def test_tiles_are_painted_while_they_are_seen_and_not_while_they_are_hidden() -> None:
    done = subprocess.run(_TILES, capture_output=True, text=True, check=True, timeout=120)
    figures = {line[:16].strip(): line[16:].split() for line in done.stdout.splitlines()}
    assert set(figures) == {"seen", "no new frames", "minimised", "hidden"}
    paints = {name: float(words[5]) for name, words in figures.items()}
    assert paints["seen"] > 0
    assert paints["no new frames"] == paints["hidden"] == 0
    assert float(figures["seen"][0]) > float(figures["hidden"][0])


def test_a_smaller_stream_costs_less(capsys: pytest.CaptureFixture[str]) -> None:
    assert decoding.main(["--frames", "12"]) == 0
    lines = capsys.readouterr().out.splitlines()
    cost = {line[:26].strip(): float(line[26:].split()[0]) for line in lines}
    assert cost["H.264 640 x 360"] < cost["H.264 2560 x 1440"]
    assert len(cost) == 6
