"""A clip from its first picture to its last, without threads and without a clock."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Protocol

from fallwatch.core.image_checks.rate import RateGate
from fallwatch.core.protocols import EndOfStreamError, FrameSource
from fallwatch.core.types import Analysis, Frame


class Steps(Protocol):
    """What is needed of `fallwatch.core.analyzer.Analyzer` here."""

    def step(self, frame: Frame) -> Analysis:
        """The verdict on the next frame."""
        ...

    def close(self) -> None:
        """Free the models."""
        ...


def analyze_clip(source: FrameSource, analyzer: Steps, max_fps: float = 15.0) -> Iterator[Analysis]:
    """Analyse a clip, as fast as the source can be read.

    The source is opened at the first analysis and closed at the end, also when the caller stops
    early. The analyzer stays the caller's to close.

    Args:
        source: The clip.
        analyzer: A new one: it must not remember another clip.
        max_fps: Pictures per second of the clip to analyse at most.

    Yields:
        The verdict on each analysed picture, in order.

    Raises:
        fallwatch.core.protocols.SourceError: The clip cannot be read, or not to its end.
    """
    gate = RateGate(max_fps)
    try:
        source.open()
        while True:
            try:
                frame = source.read()
            except EndOfStreamError:
                return
            if gate.due(frame.timestamp_s):
                yield analyzer.step(frame)
    finally:
        source.close()
