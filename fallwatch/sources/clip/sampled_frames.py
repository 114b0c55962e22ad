"""Frames of a clip at the rate of the analysis, the same ones on every computer."""

from __future__ import annotations

from collections.abc import Callable, Generator

from fallwatch.core.image_checks.rate import RateGate
from fallwatch.core.protocols import EndOfStreamError, FrameSource
from fallwatch.core.types import Frame


def sampled_frames(
    source: FrameSource,
    max_fps: float,
    on_read: Callable[[Frame], None] = lambda frame: None,
    skip_frames: int = 0,
) -> Generator[Frame, None, None]:
    """Read a clip from its first frame to its last, as fast as it can be read.

    The source is opened at the first frame asked for, and closed at the end of the clip, after an
    error, and when the generator is closed. Who may stop early holds the generator in
    `contextlib.closing`.

    Args:
        source: The clip; it ends with `EndOfStreamError`.
        max_fps: Frames per second of the clip to yield at most; see `RateGate`.
        on_read: Called with each frame that was read, before it is known whether it is yielded;
            what it raises ends the reading.
        skip_frames: Frames at the beginning that are read and never yielded.

    Yields:
        The frames to analyse, in order.

    Raises:
        SourceError: The clip cannot be read, or not to its end.
        ValueError: ``max_fps`` is not above 0.
    """
    gate = RateGate(max_fps)
    skipped = 0
    try:
        source.open()
        while True:
            try:
                frame = source.read()
            except EndOfStreamError:
                return
            on_read(frame)
            if skipped < skip_frames:
                skipped += 1
            elif gate.due(frame.timestamp_s):
                yield frame
    finally:
        source.close()
