"""Cost of decoding a camera's stream by its size: ``python -m tests.bench.decoding``.

The demo clip is encoded as H.264 in the sizes of large and smaller streams, and decoded the way a
network camera's is; then as JPEG, whole and made smaller by the decoder. It prints milliseconds of
one core for a frame, and the share of a core at 15 frames a second.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path

import numpy as np

from fallwatch import paths
from fallwatch.bench.decoders import encode
from fallwatch.sources.opencv import cv2, open_video

_SIZES = ((2560, 1440), (1920, 1080), (1280, 720), (640, 360))
_FPS = 15


def video_ms(path: Path) -> float:
    """Processor milliseconds for a frame of a clip, decoded as a network camera's stream is."""
    capture = open_video(str(path), {cv2.CAP_PROP_N_THREADS: 1})
    frames, began_s = 0, time.process_time()
    while capture.read()[0]:
        frames += 1
    capture.release()
    return 1000 * (time.process_time() - began_s) / max(1, frames)


def jpeg_ms(image: bytes, flags: int, times: int = 20) -> float:
    """Processor milliseconds for decoding a JPEG image.

    Args:
        image: The file.
        flags: As of ``cv2.imdecode``.
        times: How often, for the mean.
    """
    data = np.frombuffer(image, np.uint8)
    began_s = time.process_time()
    for _ in range(times):
        cv2.imdecode(data, flags)
    return 1000 * (time.process_time() - began_s) / times


def main(arguments: Sequence[str] | None = None) -> int:
    """Run and print; returns the exit status."""
    parser = argparse.ArgumentParser(prog="python -m tests.bench.decoding")
    parser.add_argument("--frames", type=int, default=120)
    options = parser.parse_args(arguments)
    capture = open_video(str(paths.resources_dir() / "demo" / "demo_fall.mp4"), {})
    images = [capture.read()[1] for _ in range(options.frames)]
    capture.release()
    with tempfile.TemporaryDirectory() as folder:
        for size in _SIZES:
            path = Path(folder) / f"{size[0]}.mp4"
            encode(images, size, path)
            _tell(f"H.264 {size[0]} x {size[1]}", video_ms(path))
    large = np.asarray(cv2.resize(images[0], _SIZES[0]))
    image = cv2.imencode(".jpg", large)[1].tobytes()
    for name, flags in (("whole", cv2.IMREAD_COLOR), ("half", cv2.IMREAD_REDUCED_COLOR_2)):
        _tell(f"JPEG {large.shape[1]} x {large.shape[0]}, {name}", jpeg_ms(image, flags))
    return 0


def _tell(name: str, took_ms: float) -> None:
    share = 100 * took_ms * _FPS / 1000
    sys.stdout.write(f"{name:<26} {took_ms:5.1f} ms a frame, {share:4.1f} % of a core\n")


if __name__ == "__main__":
    raise SystemExit(main())
