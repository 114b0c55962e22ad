"""Devices of this computer: how fast each judges a clip, and whether with the same results."""

from __future__ import annotations

import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from fallwatch.bench.machine import OnStep
from fallwatch.bench.measure.footage import Footage, load_footage
from fallwatch.bench.report.tables import TextTable
from fallwatch.classifiers.openvino_classifier import OpenVinoClassifier
from fallwatch.classifiers.preprocessing import cut_crop
from fallwatch.core.tracking import detect
from fallwatch.core.types import Floats
from fallwatch.pose.blazepose import BlazePose
from fallwatch.pose.networks import shared_networks
from fallwatch.system.inference_device import CPU

#: Results are the same within a pixel of the landmark network's input, and two percent.
_MOST_LANDMARK_PX, _MOST_P_FALL = 1.0, 0.02
_SIDE_PX = 256

#: A device must be this much faster than the processor to be worth one driver more.
_WORTH = 1.2

#: Energy used by the processor's package so far, on Linux; mostly for administrators alone.
_ENERGY_FILE = Path("/sys/class/powercap/intel-rapl:0/energy_uj")


@dataclass(frozen=True, slots=True)
class DeviceFigures:
    """Figures of one device.

    Attributes:
        device: As OpenVINO names it.
        name: Its full name.
        failed: Whether the processor had to take its place.
        frames_per_s: Frames judged a second, one after the other; 0 if it failed.
        landmark_px: Largest distance of a landmark from where the processor finds it, in pixels
            at 256.
        p_fall: Largest difference of the classifier's probability.
        watts: Of the processor's package while it ran; None where nobody may read that.
    """

    device: str
    name: str
    failed: bool
    frames_per_s: float
    landmark_px: float
    p_fall: float
    watts: float | None

    @property
    def is_same(self) -> bool:
        """Whether it may stand for the processor."""
        return (
            not self.failed
            and self.landmark_px <= _MOST_LANDMARK_PX
            and self.p_fall <= _MOST_P_FALL
        )


@dataclass(frozen=True, slots=True)
class _Results:
    """What one device made of a clip: for each frame the bodies in it, (n, 33, 2) pixels at 256."""

    landmarks_px: list[Floats]
    p_falls: list[Floats]
    wall_s: float
    watts: float | None
    failed: bool


def measure_devices(
    clip: Path, weights_dir: Path, variant: str, devices: Mapping[str, str], on_step: OnStep
) -> list[DeviceFigures]:
    """Judge a clip with each device, the processor first.

    Args:
        clip: The clip.
        weights_dir: Folder of the classifier variants.
        variant: Name of the variant.
        devices: OpenVINO's name and the full name of each; the processor among them.
        on_step: Called with what is measured next.

    Raises:
        fallwatch.core.protocols.SourceError: The clip cannot be read.
        fallwatch.classifiers.manifest.WeightsError: The weights cannot be used.
    """
    footage = load_footage(clip)
    on_step(devices[CPU])
    reference = _judge(footage, weights_dir, variant, CPU)
    figures = [_figures(CPU, devices[CPU], reference, reference)]
    for device, name in devices.items():
        if device != CPU:
            on_step(name)
            results = _judge(footage, weights_dir, variant, device)
            figures.append(_figures(device, name, results, reference))
    return figures


def best_device(measured: Sequence[DeviceFigures]) -> str:
    """The fastest device with the same results; the processor unless another is worth it."""
    processor = next(each for each in measured if each.device == CPU)
    good = [
        each
        for each in measured
        if each.is_same and each.frames_per_s >= _WORTH * processor.frames_per_s
    ]
    return max(good, key=lambda each: each.frames_per_s, default=processor).device


def devices_table(measured: Sequence[DeviceFigures]) -> TextTable:
    """All figures."""
    columns = ("device", "name", "judged a second", "landmarks off by", "p(fall) off by", "watts")
    return TextTable("Devices of this computer", columns, tuple(map(_row, measured)))


def _row(figures: DeviceFigures) -> tuple[str, ...]:
    if figures.failed:
        return (figures.device, figures.name, "failed", "-", "-", "-")
    return (
        figures.device,
        figures.name,
        f"{figures.frames_per_s:.1f}",
        f"{figures.landmark_px:.2f} px",
        f"{figures.p_fall:.3f}",
        "unknown" if figures.watts is None else f"{figures.watts:.1f}",
    )


def _judge(footage: Footage, weights_dir: Path, variant: str, device: str) -> _Results:
    networks = shared_networks(weights_dir, device)
    pose = BlazePose(weights_dir, device=device)
    classifier = OpenVinoClassifier(weights_dir, variant, device)
    frames = footage.frames()
    pose.estimate(frames[0])  # what happens only once, happens now
    pose.reset()
    landmarks: list[Floats] = []
    p_falls: list[Floats] = []
    began_s, began_uj = time.perf_counter(), _energy_uj()
    for frame in frames:
        found = detect(frame, pose.estimate(frame))
        crops = [cut_crop(frame.image_bgr, each.box, classifier.input_spec) for each in found]
        landmarks.append(
            np.array([each.pose.landmarks_norm * _SIDE_PX for each in found], dtype=np.float32)
        )
        p_falls.append(np.array([each.p_fall for each in classifier.classify(crops)], np.float32))
    wall_s, used_uj = time.perf_counter() - began_s, _energy_uj()
    pose.close()
    return _Results(
        landmarks,
        p_falls,
        wall_s,
        _watts(began_uj, used_uj, wall_s),
        failed=device not in {networks.landmarks.device, CPU} or classifier.device != device,
    )


def _figures(device: str, name: str, results: _Results, reference: _Results) -> DeviceFigures:
    return DeviceFigures(
        device,
        name,
        results.failed,
        0.0 if results.failed else len(results.p_falls) / results.wall_s,
        _largest_difference(results.landmarks_px, reference.landmarks_px),
        _largest_difference(results.p_falls, reference.p_falls),
        results.watts,
    )


def _largest_difference(here: Sequence[Floats], there: Sequence[Floats]) -> float:
    """Between the numbers of each frame; endless where other bodies were found."""
    if any(ours.shape != theirs.shape for ours, theirs in zip(here, there, strict=True)):
        return float("inf")
    pairs = zip(here, there, strict=True)
    return max((float(np.abs(a - b).max()) for a, b in pairs if a.size), default=0.0)


def _watts(before_uj: int | None, after_uj: int | None, wall_s: float) -> float | None:
    # The counter begins again at nought now and then.
    if before_uj is None or after_uj is None or after_uj < before_uj:
        return None
    return (after_uj - before_uj) / 1e6 / wall_s


def _energy_uj() -> int | None:
    try:
        return int(_ENERGY_FILE.read_text())
    except (OSError, ValueError):
        return None
