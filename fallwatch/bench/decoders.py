"""Decoders of this computer: does hardware decode a clip as the processor does, and for less?"""

from __future__ import annotations

import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import av
import numpy as np

from fallwatch.bench.errors import BenchError
from fallwatch.bench.machine import OnStep
from fallwatch.bench.measure.footage import load_footage
from fallwatch.bench.report.tables import TextTable
from fallwatch.core.types import Image
from fallwatch.sources.decoding.trial import MOST_FRAMES, DecoderTrial, try_decoder

#: Mean difference of two images of a clip up to which they are the same, in grey levels of 255.
#: The very same image, converted from the planes that hardware gives, differs by 1.1; one whose
#: range of greys was mistaken differs by 5.9, an empty one by 101.
MOST_LEVELS = 2.5

#: Hardware must take less than this share of the processor's time to be worth a driver more.
_WORTH = 0.8

#: Time for a frame that keeps up with a camera of 30 frames a second.
_MOST_WALL_MS = 25.0

#: Size of the clip that is made: what network cameras send today.
_SIZE_PX = (1920, 1080)
_FPS = 15

#: As cameras send by default, by the image's pixels.
_BITS_PER_PX = 1.1


@dataclass(frozen=True, slots=True)
class DecoderFigures:
    """The processor and hardware, decoding the same clip.

    Attributes:
        processor: What the processor made of it.
        hardware: What hardware made of it; None if it crashed, hung or gave nothing.
        levels: Largest mean difference of two images, in grey levels of 255.
    """

    processor: DecoderTrial
    hardware: DecoderTrial | None
    levels: float

    @property
    def has_hardware(self) -> bool:
        """Whether anything but the processor decodes this clip."""
        return self.hardware is None or bool(self.hardware.accelerator)

    @property
    def is_same(self) -> bool:
        """Whether hardware gave the same images."""
        return (
            self.hardware is not None
            and self.hardware.frames == self.processor.frames
            and self.levels <= MOST_LEVELS
        )

    @property
    def is_better(self) -> bool:
        """Whether hardware shall decode this codec."""
        return (
            self.hardware is not None
            and self.has_hardware
            and self.is_same
            and self.hardware.processor_ms <= _WORTH * self.processor.processor_ms
            and self.hardware.wall_ms <= max(_MOST_WALL_MS, self.processor.wall_ms)
        )


def measure_decoders(clip: Path | None, bundled: Path, on_step: OnStep) -> DecoderFigures:
    """Decode a clip with the processor and with hardware.

    Args:
        clip: A clip of a camera; None: the bundled one, encoded as cameras do.
        bundled: The bundled clip.
        on_step: Called with what is measured next.

    Raises:
        BenchError: The processor cannot decode it.
        fallwatch.core.protocols.SourceError: The bundled clip cannot be read.
    """
    with tempfile.TemporaryDirectory() as folder:
        if clip is None:
            on_step("making a clip")
            clip = Path(folder) / "camera.mp4"
            images = [frame.image_bgr for frame in load_footage(bundled, MOST_FRAMES).frames()]
            encode(images, _SIZE_PX, clip)
        files = Path(folder) / "processor.npy", Path(folder) / "hardware.npy"
        on_step("the processor")
        processor = try_decoder(clip, files[0], by_hardware=False)
        if processor is None:
            raise BenchError(f"{clip.name} cannot be decoded. Give another clip.")
        on_step("hardware")
        hardware = try_decoder(clip, files[1], by_hardware=True)
        levels = 0.0 if hardware is None else _difference(*files)
    return DecoderFigures(processor, hardware, levels)


def decoders_table(figures: DecoderFigures) -> TextTable:
    """All figures."""
    columns = ("decoder", "clip", "processor time", "time", "images off by")
    return TextTable("Decoders of this computer", columns, tuple(_rows(figures)))


def decoders_conclusion(figures: DecoderFigures) -> str:
    """What automatic stands for from now on, and why."""
    codec, hardware = figures.processor.codec, figures.hardware
    if hardware is None:
        return f"Automatic leaves {codec} to the processor: hardware failed."
    if not hardware.accelerator:
        return (
            f"Automatic leaves {codec} to the processor: the FFmpeg inside OpenCV has no other "
            "decoder on this computer."
        )
    if not figures.is_same:
        return f"Automatic leaves {codec} to the processor: hardware gave other images."
    if not figures.is_better:
        return f"Automatic leaves {codec} to the processor: hardware spares too little."
    return f"Automatic has {codec} decoded by {hardware.accelerator} from now on."


def encode(images: Sequence[Image], size_px: tuple[int, int], path: Path) -> None:
    """Write a clip of H.264 as network cameras send it, each image scaled to a width and height."""
    from fallwatch.sources.opencv import cv2

    with av.open(str(path), "w") as container:
        stream = container.add_stream("libx264", rate=_FPS, options={"preset": "veryfast"})
        stream.width, stream.height = size_px
        stream.pix_fmt = "yuv420p"
        stream.bit_rate = round(_BITS_PER_PX * size_px[0] * size_px[1])
        for image in images:
            frame = av.VideoFrame.from_ndarray(
                np.asarray(cv2.resize(image, size_px), np.uint8), "bgr24"
            )
            container.mux(stream.encode(frame))
        container.mux(stream.encode())


def _rows(figures: DecoderFigures) -> list[tuple[str, ...]]:
    processor, hardware = figures.processor, figures.hardware
    rows = [("processor", *_times(processor), "0.0")]
    if hardware is None:
        rows.append(("hardware", "failed", "-", "-", "-"))
    elif hardware.accelerator:
        rows.append((hardware.accelerator, *_times(hardware), f"{figures.levels:.1f}"))
    return rows


def _times(trial: DecoderTrial) -> tuple[str, ...]:
    width_px, height_px = trial.size_px
    return (
        f"{trial.codec} {width_px}x{height_px}, {trial.frames} frames",
        f"{trial.processor_ms:.1f} ms",
        f"{trial.wall_ms:.1f} ms",
    )


def _difference(one: Path, other: Path) -> float:
    """Largest mean difference of two images, in grey levels; endless where they do not match."""
    ours, theirs = np.load(one), np.load(other)
    if ours.shape != theirs.shape:
        return float("inf")
    differences = (np.abs(a.astype(np.int16) - b) for a, b in zip(ours, theirs, strict=True))
    return max(float(each.mean()) for each in differences)
