"""Devices of a computer: the fastest with the same results is chosen."""

from __future__ import annotations

import math
from pathlib import Path

import numpy as np
import pytest

from fallwatch import paths
from fallwatch.bench.devices import (
    DeviceFigures,
    _largest_difference,
    best_device,
    devices_table,
    measure_devices,
)
from fallwatch.system.inference_device import CPU


def figures(
    device: str, fps: float, px: float = 0.0, p_fall: float = 0.0, *, failed: bool = False
) -> DeviceFigures:
    return DeviceFigures(device, f"a {device}", failed, fps, px, p_fall, None)


@pytest.mark.parametrize(
    ("other", "best"),
    [
        (figures("GPU", 200.0, 0.4, 0.01), "GPU"),
        (figures("GPU", 200.0, 1.4, 0.01), CPU),
        (figures("GPU", 200.0, 0.4, 0.05), CPU),
        (figures("GPU", 200.0, math.inf, 0.0), CPU),
        (figures("GPU", 110.0), CPU),
        (figures("GPU", 0.0, failed=True), CPU),
    ],
)
def test_only_a_device_with_the_same_results_that_is_worth_it_is_chosen(
    other: DeviceFigures, best: str
) -> None:
    assert best_device([figures(CPU, 100.0), other]) == best
    table = devices_table([figures(CPU, 100.0), other])
    assert all(len(row) == len(table.columns) for row in table.rows)


def test_other_bodies_are_no_small_difference() -> None:
    one, two = np.zeros((1, 33, 2), np.float32), np.zeros((2, 33, 2), np.float32)
    assert _largest_difference([one], [one + 0.5]) == 0.5
    assert _largest_difference([one], [two]) == math.inf
    assert _largest_difference([one[:0]], [one[:0]]) == 0.0


@pytest.mark.timeout(600)
def test_a_device_that_fails_is_measured_as_failed(
    demo_fall: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("fallwatch.bench.measure.footage.MAX_FRAMES", 40)
    processor, absent = measure_devices(
        demo_fall,
        paths.weights_dir(),
        "efficientnet-b0-optimised",
        {CPU: "this one", "NPU": "none"},
        lambda step: None,
    )
    assert processor.is_same
    assert processor.frames_per_s > 0
    assert absent.failed
    assert not absent.is_same
