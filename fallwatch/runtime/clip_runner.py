"""Analysis of a clip from its first frame to its last, without threads and without a clock."""

from __future__ import annotations

from collections.abc import Generator
from contextlib import closing

from fallwatch.core.protocols import FrameAnalyzer, FrameSource
from fallwatch.core.types import Analysis
from fallwatch.sources.clip.sampled_frames import sampled_frames


def analyze_clip(
    source: FrameSource, analyzer: FrameAnalyzer, max_fps: float = 15.0
) -> Generator[Analysis, None, None]:
    """Analyse a clip, as fast as the source can be read.

    The source is opened at the first analysis and closed at the end, also when the caller stops
    early. The analyzer stays the caller's to close.

    Args:
        source: The clip.
        analyzer: A new one: it must not remember another clip.
        max_fps: Frames per second of the clip to analyse at most.

    Yields:
        The analysis of each sampled frame, in order.

    Raises:
        fallwatch.core.protocols.SourceError: The clip cannot be read, or not to its end.
    """
    with closing(sampled_frames(source, max_fps)) as frames:
        for frame in frames:
            yield analyzer.step(frame)
