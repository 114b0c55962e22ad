"""What the live tiles cost can be measured: shown they are painted, hidden they are not."""

from __future__ import annotations

import subprocess
import sys

_RUN = (sys.executable, "-m", "tests.bench.tile_painting", "--tiles", "4", "--seconds", "1.5")


def test_tiles_are_painted_while_they_are_seen_and_not_while_they_are_hidden() -> None:
    done = subprocess.run(_RUN, capture_output=True, text=True, check=True, timeout=120)
    figures = {line[:16].strip(): line[16:].split() for line in done.stdout.splitlines()}
    assert set(figures) == {"seen", "no new pictures", "minimised", "hidden"}
    paints = {name: float(words[5]) for name, words in figures.items()}
    assert paints["seen"] > 0
    assert paints["no new pictures"] == paints["hidden"] == 0
    assert float(figures["seen"][0]) > float(figures["hidden"][0])
