"""Trials of a decoder in a process of its own: a driver that crashes or hangs ends that alone.

``python -m fallwatch.sources.decoding.trial CLIP WAY IMAGES`` decodes a clip by ``processor`` or
``hardware`` and writes one line of JSON to standard output, and parts of its images into a file.
"""

from __future__ import annotations

import json
import logging
import subprocess
import sys
import time
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import numpy as np

from fallwatch.sources.decoding.decoder_choice import codec_named
from fallwatch.system.program.own_command import own_command

_log = logging.getLogger(__name__)

#: Under which this module is started; in the process itself it has another.
_MODULE = "fallwatch.sources.decoding.trial"

#: Whoever takes longer hangs.
_LONGEST_S = 90.0

#: Of each image every fourth pixel of every fourth line is compared.
_STEP = 4

#: A clip is decoded no further; three seconds of a camera and more show what a decoder does.
MOST_FRAMES = 90


@dataclass(frozen=True, slots=True)
class DecoderTrial:
    """What one decoder made of a clip.

    Attributes:
        accelerator: What decoded it; empty for the processor.
        codec: Of the clip, such as ``h264``.
        size_px: Width and height.
        frames: Decoded frames.
        processor_ms: Time of the processor for each, its driver's threads included.
        wall_ms: Time for each.
    """

    accelerator: str
    codec: str
    size_px: tuple[int, int]
    frames: int
    processor_ms: float
    wall_ms: float


def try_decoder(
    clip: Path, images: Path, *, by_hardware: bool, longest_s: float = _LONGEST_S
) -> DecoderTrial | None:
    """Decode a clip in another process; None if that crashes, hangs or gets nothing.

    Args:
        clip: The clip.
        images: File for parts of its images, an array (n, height, width, 3) uint8 BGR.
        by_hardware: Whether hardware is asked for; the processor is taken where there is none.
        longest_s: Longest time it may take.
    """
    way = "hardware" if by_hardware else "processor"
    try:
        done = subprocess.run(
            own_command(str(clip), way, str(images), module=_MODULE),
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            timeout=longest_s,
            check=True,
        )
        answer: dict[str, Any] = json.loads(done.stdout.splitlines()[-1])
        return DecoderTrial(**{**answer, "size_px": tuple(answer["size_px"])})
    except (OSError, subprocess.SubprocessError, ValueError, LookupError, TypeError) as error:
        _log.warning("Decoding %s by %s failed: %s", clip.name, way, error)
        return None


def decode(clip: Path, images: Path, *, by_hardware: bool) -> DecoderTrial:
    """Decode a clip here; see `try_decoder`.

    Raises:
        ValueError: It has no frame.
    """
    from fallwatch.sources.opencv import BY_HARDWARE, accelerator_of, cv2, open_video

    # As a network camera's stream is decoded.
    parameters = {cv2.CAP_PROP_N_THREADS: 1, **(BY_HARDWARE if by_hardware else {})}
    capture = open_video(str(clip), parameters)
    accelerator, codec = accelerator_of(capture), codec_named(capture.get(cv2.CAP_PROP_FOURCC))
    parts: list[np.ndarray[Any, Any]] = []
    processor_s = wall_s = 0.0
    size_px = (0, 0)
    for _ in range(MOST_FRAMES):
        began_s, began_cpu_s = time.perf_counter(), time.process_time()
        arrived, image = capture.read()
        wall_s += time.perf_counter() - began_s
        processor_s += time.process_time() - began_cpu_s
        if not arrived or image is None:
            break
        size_px = (image.shape[1], image.shape[0])
        parts.append(np.array(image[::_STEP, ::_STEP]))
    capture.release()
    if not parts:
        raise ValueError("no frame")
    np.save(images, np.stack(parts))
    count = len(parts)
    return DecoderTrial(
        accelerator, codec, size_px, count, 1000 * processor_s / count, 1000 * wall_s / count
    )


def main(clip: str, way: str, images: str) -> None:
    """Decode a clip as told, and say how it went."""
    trial = decode(Path(clip), Path(images), by_hardware=way == "hardware")
    sys.stdout.write(json.dumps(asdict(trial)) + "\n")


if __name__ == "__main__":
    main(*sys.argv[1:])
