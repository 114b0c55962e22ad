"""Hardware decodes only what it decodes as the processor does, and for less."""

from __future__ import annotations

import sys
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from fallwatch.bench import decoders
from fallwatch.bench.decoders import (
    MOST_LEVELS,
    DecoderFigures,
    decoders_conclusion,
    decoders_table,
    measure_decoders,
)
from fallwatch.bench.errors import BenchError
from fallwatch.sources.decoding import trial
from fallwatch.sources.decoding.trial import DecoderTrial, try_decoder

_PROCESSOR = DecoderTrial("", "h264", (1920, 1080), 90, 12.0, 12.0)
_HARDWARE = replace(_PROCESSOR, accelerator="VA-API", processor_ms=3.0, wall_ms=8.0)


@pytest.mark.parametrize(
    ("hardware", "levels", "said"),
    [
        (_HARDWARE, 1.1, "has h264 decoded by VA-API"),
        (_HARDWARE, MOST_LEVELS + 0.1, "gave other images"),
        (replace(_HARDWARE, frames=89), 0.5, "gave other images"),
        (replace(_HARDWARE, processor_ms=11.0), 0.5, "spares too little"),
        (replace(_HARDWARE, wall_ms=60.0), 0.5, "spares too little"),
        (_PROCESSOR, 0.0, "has no other decoder"),
        (None, 0.0, "hardware failed"),
    ],
)
def test_only_hardware_with_the_same_images_that_costs_less_is_chosen(
    hardware: DecoderTrial | None, levels: float, said: str
) -> None:
    figures = DecoderFigures(_PROCESSOR, hardware, levels)
    assert said in decoders_conclusion(figures)
    assert figures.is_better == ("decoded by" in said)
    table = decoders_table(figures)
    assert all(len(row) == len(table.columns) for row in table.rows)


@pytest.mark.timeout(300)
def test_the_bundled_clip_is_decoded_as_a_cameras(
    demo_fall: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(decoders, "MOST_FRAMES", 12)
    figures = measure_decoders(None, demo_fall, lambda step: None)
    assert figures.processor.codec == "h264"
    assert figures.processor.size_px == (1920, 1080)
    assert figures.processor.frames == 12
    assert figures.processor.accelerator == ""
    # Where there is no hardware OpenCV takes the processor, and the images are the same.
    assert figures.hardware is not None
    assert figures.hardware.accelerator or figures.levels == 0.0


def test_a_clip_that_is_none_is_said(tmp_path: Path) -> None:
    with pytest.raises(BenchError, match=r"none\.mp4 cannot be decoded"):
        measure_decoders(tmp_path / "none.mp4", tmp_path, lambda step: None)


@pytest.mark.parametrize(
    "code",
    [
        "import os; os.abort()",  # a driver that crashes
        "import time; time.sleep(100)",  # one that hangs
        "print('{}')",
        "print('no answer')",
        "",
    ],
)
def test_a_driver_that_crashes_or_hangs_takes_nothing_with_it(
    code: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    command = [sys.executable, "-c", code]
    monkeypatch.setattr(trial, "own_command", lambda *arguments, module: command)
    images = tmp_path / "images.npy"
    limit_s = 0.5 if "sleep" in code else 60.0
    assert try_decoder(tmp_path / "clip", images, by_hardware=True, longest_s=limit_s) is None


def test_images_that_differ_are_told_apart(tmp_path: Path) -> None:
    first, second = tmp_path / "a.npy", tmp_path / "b.npy"
    grey = np.full((3, 4, 5, 3), 100, np.uint8)
    np.save(first, grey)
    np.save(second, grey - 2)
    assert decoders._difference(first, second) == 2.0
    green = grey.copy()
    green[2] = (0, 135, 0)
    np.save(second, green)
    assert decoders._difference(first, second) > MOST_LEVELS
    np.save(second, grey[:2])
    assert decoders._difference(first, second) == float("inf")
