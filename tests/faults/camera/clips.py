"""The clips that faulty cameras show, made from the demo clip."""

from __future__ import annotations

from collections.abc import Callable
from fractions import Fraction
from pathlib import Path

import av
import numpy as np

from fallwatch.core.types import Image
from tests.faults.camera.drill import Clips, Fault
from tests.faults.camera.servers import prepare_clip

_FPS = 15


def make_clips(demo: Path, folder: Path) -> Clips:
    """Encode what is needed into a folder; takes some seconds."""
    usual = prepare_clip(demo, 640, 480, folder / "usual.mp4")
    small = prepare_clip(demo, 320, 240, folder / "small.mp4")
    with av.open(str(usual)) as container:
        images = [frame.to_ndarray(format="bgr24") for frame in container.decode(video=0)]
    others: dict[Fault, Callable[[int], Image]] = {
        "frozen": lambda number: images[40],
        "dark": lambda number: (images[number] // 16).astype(np.uint8),
        "covered": lambda number: np.full_like(images[0], 90 + number % 3),
        "moved": lambda number: np.ascontiguousarray(np.roll(images[number], 220, axis=1)),
    }
    made = {
        fault: _encode(image, folder / f"{fault}.mp4", 2 * _FPS) for fault, image in others.items()
    }
    return Clips(usual, small, made)


def _encode(image: Callable[[int], Image], target: Path, count: int) -> Path:
    with av.open(str(target), "w") as out:
        stream = out.add_stream("libx264", rate=Fraction(_FPS))
        stream.width, stream.height, stream.pix_fmt = 640, 480, "yuv420p"
        stream.gop_size = _FPS
        stream.options = {"preset": "veryfast", "tune": "zerolatency"}
        stream.codec_context.time_base = Fraction(1, _FPS)
        for number in range(count):
            frame = av.VideoFrame.from_ndarray(image(number), format="bgr24")
            frame.pts, frame.time_base = number, Fraction(1, _FPS)
            out.mux(stream.encode(frame))
        out.mux(stream.encode())
    return target
