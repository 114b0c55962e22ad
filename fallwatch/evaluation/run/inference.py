"""Looking at a clip: the slow stage, done once."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace

from fallwatch.core.image_checks.motion_gate import StaticScene
from fallwatch.core.image_checks.rate import RateGate
from fallwatch.core.judge.judge import JudgeConfig
from fallwatch.core.message import Message
from fallwatch.core.protocols import EndOfStreamError, FrameSource, SourceError
from fallwatch.core.types import Analysis, Box, Frame
from fallwatch.evaluation.run.clip_predictions import Memory, Moment, Sighting
from fallwatch.evaluation.run.corruptions import Stress
from fallwatch.evaluation.run.replay import Models, NotRememberedError, judge_frames, replay

#: Rate assumed where a file does not say it, to give its last picture a length.
_USUAL_FPS = 25.0


class CancelledError(Exception):
    """The run was stopped from outside."""


class ClipInference:
    """Reads one clip, as often as needed, as the run wants to have it seen.

    Args:
        source: The clip; opened anew for each pass.
        max_fps: Pictures analysed per second, at most.
        stress: What is done to the pictures first.
        cancelled: Asked before each picture.
    """

    def __init__(
        self,
        source: FrameSource,
        max_fps: float,
        stress: Stress,
        cancelled: Callable[[], bool] = lambda: False,
    ) -> None:
        self._source = source
        self._max_fps = min(max_fps, stress.max_fps or max_fps)
        self._stress = stress
        self._cancelled = cancelled
        self.fps = 0.0
        self.duration_s = 0.0

    def frames(self) -> Iterator[Frame]:
        """The pictures to analyse, from the beginning.

        Raises:
            SourceError: The clip cannot be read to its end.
            CancelledError: ``cancelled`` said so.
        """
        gate = RateGate(self._max_fps)
        try:
            self._source.open()
            self.fps = self._source.fps or _USUAL_FPS
            while True:
                if self._cancelled():
                    raise CancelledError
                try:
                    frame = self._source.read()
                except EndOfStreamError:
                    return
                self.duration_s = frame.timestamp_s + 1.0 / self.fps
                if gate.due(frame.timestamp_s):
                    yield replace(frame, image_bgr=self._stress.change(frame.image_bgr))
        finally:
            self._source.close()


def look_at(reader: ClipInference, models: Models) -> Memory:
    """Run the models over a whole clip.

    Raises:
        SourceError: The clip cannot be read to its end.
    """
    models.pose.reset()
    memory = Memory()
    for frame in reader.frames():
        seen = models.sightings(frame, models.pose.estimate(frame))
        size_px = (frame.width_px, frame.height_px)
        memory.moments.append(Moment(frame.index, frame.timestamp_s, size_px, seen))
    memory.fps, memory.duration_s = reader.fps, reader.duration_s
    if not memory.moments:
        raise SourceError(Message("The clip holds no picture."))
    return memory


def judge(
    memory: Memory,
    config: JudgeConfig,
    reader: ClipInference,
    models: Callable[[], Models],
    *,
    live: bool = False,
) -> tuple[list[Analysis], bool]:
    """Judge a clip from memory; where that does not suffice, look at the clip once more.

    Args:
        memory: Of the clip.
        config: The judge's limits.
        reader: Of the same clip.
        models: Loads the models.
        live: Spare the pictures of an empty, still room, as of a camera; it takes the pictures to
            see that nothing moves.

    Returns:
        The analyses, whose frames are not to be used, and whether the memory has grown.
    """
    if not live:
        try:
            return list(replay(memory, config)), False
        except NotRememberedError:
            pass
    looks = 0

    def look(frame: Frame, region: Box) -> Sighting | None:
        nonlocal looks
        looks += 1
        pose = models().pose.look_again(frame, region)
        return None if pose is None else models().sightings(frame, [pose])[0]

    room = StaticScene()
    frames = reader.frames()
    if live:
        frames = (frame for frame in frames if not room.spares(frame))
    analyses = []
    for analysis in judge_frames(memory, config, frames, look):
        room.saw(analysis)
        analyses.append(replace(analysis, frame=_without_picture(analysis.frame)))
    return analyses, looks > 0


def _without_picture(frame: Frame) -> Frame:
    """A clip's pictures together would not fit into memory."""
    return replace(frame, image_bgr=frame.image_bgr[:1, :1].copy())
