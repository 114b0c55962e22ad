"""Judging of an image or a short clip for the demo page. No page in here, and nothing is kept."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

import cv2
import numpy as np

from fallwatch import paths
from fallwatch.classifiers.manifest import WeightsError, available_variants, load_manifest
from fallwatch.core.message import Message, MessageError
from fallwatch.core.protocols import SourceError
from fallwatch.core.types import Analysis, FallEvent, Frame, Image, Person
from fallwatch.pose.networks import PoseModelError
from fallwatch.recording.evidence_track import Point
from fallwatch.recording.jpeg import shrunk
from fallwatch.runtime.analyzers import build_analyzer, build_models
from fallwatch.runtime.clip_runner import analyze_clip
from fallwatch.settings import Settings
from fallwatch.sources.clip.video_file import VideoFileSource

#: Largest file that is taken, in megabytes.
MOST_MEGABYTES = 50

#: Longest clip that is taken, in seconds.
LONGEST_S = 60.0

#: Largest image that is taken, and largest frame of a clip, in megapixels.
MOST_MEGAPIXELS = 25.0

#: Images are judged at this size at most, as cameras deliver them, in pixels.
_SIDE_PX = 1920


class DemoError(MessageError):
    """An image or clip cannot be judged. The message is one sentence, and says why."""


@dataclass(frozen=True, slots=True, eq=False)
class SeenPerson:
    """One person, as the classifier sees them in one frame.

    Attributes:
        person: Box, skeleton and posture.
        p_fall: The classifier's probability of class Fall in this frame alone, 0 to 1, for one
            who is as likely to have fallen as not: it calls people fallen from 0.5 on.
        crop_bgr: What the classifier was shown, (side, side, 3).
    """

    person: Person
    p_fall: float
    crop_bgr: Image

    @property
    def class_name(self) -> str:
        """The class of higher probability."""
        return "Fall" if self.p_fall >= 0.5 else "Not Fall"

    @property
    def class_probability(self) -> float:
        """The probability of that class, 0.5 to 1."""
        return max(self.p_fall, 1.0 - self.p_fall)


@dataclass(frozen=True, slots=True, eq=False)
class Verdict:
    """What was found.

    Attributes:
        analysis: Of the image; of a clip's most telling frame.
        people: Everyone in it, from left to right.
        points: The evidence over a clip's time; empty for an image.
        alarms: What would have alarmed somebody in a clip, in order.
    """

    analysis: Analysis
    people: tuple[SeenPerson, ...]
    points: tuple[Point, ...] = ()
    alarms: tuple[FallEvent, ...] = ()


def variants() -> list[str]:
    """Names of the classifier variants that can be chosen."""
    return available_variants(paths.weights_dir())


def examples() -> list[Path]:
    """The bundled clips."""
    return sorted((paths.resources_dir() / "demo").glob("demo_*.mp4"))


def judge_image(path: Path, variant: str) -> Verdict:
    """Look at one image.

    Raises:
        DemoError: It cannot be read, is too large, or shows nobody.
    """
    _check_size(path)
    frame = Frame("image", 0, 0.0, _read_image(path))
    settings = _settings(variant)
    try:
        with closing(build_analyzer("image", settings)) as analyzer:
            analysis = analyzer.step(frame)
        people = _seen(analysis, settings)
    except (WeightsError, PoseModelError) as error:
        raise DemoError(Message("{0}", (str(error),))) from error
    return Verdict(analysis, people)


def judge_clip(path: Path, variant: str) -> Verdict:
    """Run a clip through the whole chain.

    Raises:
        DemoError: It cannot be read, or is too large or too long.
    """
    _check_size(path)
    settings = _settings(variant)
    points: list[Point] = []
    alarms: list[FallEvent] = []
    telling: Analysis | None = None
    try:
        for analysis in _analyses(path, settings):
            points.append(Point(analysis.frame.timestamp_s, analysis.p_fall, analysis.score))
            alarms += analysis.events
            if telling is None or _weight(analysis) > _weight(telling):
                telling = analysis
        if telling is None:
            raise DemoError(Message("This clip holds no images."))
        people = _seen(telling, settings)
    except (SourceError, WeightsError, PoseModelError) as error:
        # Where the file lies on this server is nothing that its sender has to know.
        words = str(error).replace(str(path), path.name)
        raise DemoError(Message("{0}", (words,))) from error
    return Verdict(telling, people, tuple(points), tuple(alarms))


def _analyses(path: Path, settings: Settings) -> Iterator[Analysis]:
    source = VideoFileSource(path)
    # Before the models, so that what is no clip is said at once.
    source.open()
    duration_s = source.duration_s or 0.0
    source.close()
    too_long = DemoError(Message("A clip may last {0} seconds at most.", (f"{LONGEST_S:g}",)))
    if duration_s > LONGEST_S + 1.0:
        raise too_long
    with closing(build_analyzer("clip", settings)) as analyzer:
        for analysis in analyze_clip(source, analyzer, settings.analysis_fps):
            # What a file promises of its length, or its size, need not be so.
            if analysis.frame.timestamp_s > LONGEST_S + 1.0:
                raise too_long
            _check_pixels(analysis.frame.image_bgr)
            yield analysis


def _weight(analysis: Analysis) -> tuple[int, float, float]:
    """How much a frame tells: of an alarm, then of a likely one, then of somebody seen well."""
    seen = max((float(p.pose.visibility.mean()) for p in analysis.people if p.pose), default=0.0)
    return len(analysis.events), round(analysis.score, 2), seen


def _seen(analysis: Analysis, settings: Settings) -> tuple[SeenPerson, ...]:
    """Ask the classifier about everyone in a frame, and keep what it was shown."""
    pose, classifier, cut = build_models(settings)
    pose.close()
    threshold = load_manifest(paths.weights_dir(), settings.variant).threshold
    people = sorted(analysis.people, key=lambda person: person.box_px.left_px)
    crops = [cut(analysis.frame.image_bgr, person.box_px) for person in people]
    answers = classifier.classify(crops)
    return tuple(
        SeenPerson(person, at_even_odds(answer.p_fall, threshold), crop.image_bgr)
        for person, answer, crop in zip(people, answers, crops, strict=True)
    )


def at_even_odds(p_fall: float, threshold: float) -> float:
    """A probability of Fall as it is where the classifier's threshold stands for even odds.

    >>> at_even_odds(0.0, 0.2), at_even_odds(0.2, 0.2), at_even_odds(0.8, 0.5)
    (0.0, 0.5, 0.8)
    """
    fall = p_fall * (1.0 - threshold)
    return fall / (fall + (1.0 - p_fall) * threshold)


def _settings(variant: str) -> Settings:
    """The defaults: the page knows nothing of this computer's own settings.

    Raises:
        DemoError: There is no such variant.
    """
    if variant not in variants():
        raise DemoError(Message("There is no variant of this name."))
    return Settings(variant=variant)


def _check_size(path: Path) -> None:
    try:
        size = path.stat().st_size
    except OSError as error:
        raise DemoError(Message("The file did not arrive. Send it again.")) from error
    if size > MOST_MEGABYTES * 1e6:
        raise DemoError(Message("A file may have {0} megabytes at most.", (MOST_MEGABYTES,)))


def _check_pixels(image: Image) -> None:
    if image.shape[0] * image.shape[1] > MOST_MEGAPIXELS * 1e6:
        words = Message("An image may have {0} megapixels at most.", (f"{MOST_MEGAPIXELS:g}",))
        raise DemoError(words)


def _read_image(path: Path) -> Image:
    try:
        read = cv2.imread(str(path), cv2.IMREAD_COLOR)
    except cv2.error:  # one of far too many pixels
        read = None
    if read is None:
        raise DemoError(Message("This is no image that can be read. Send a JPEG or PNG file."))
    image = np.asarray(read, dtype=np.uint8)
    _check_pixels(image)
    return shrunk(image, _SIDE_PX)
