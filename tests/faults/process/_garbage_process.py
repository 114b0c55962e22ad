"""Tries what it is told to on standard input, one line of JSON each; a crash ends only this.

It answers each with a line ``{"outcome": "used" | "refused" | "failed", "words": ...}``: the file
was of use, or was refused in words for people, or there was an error that nobody foresaw.
"""

from __future__ import annotations

import json
import sys
import traceback
from collections.abc import Callable
from pathlib import Path

from fallwatch.classifiers.manifest import WeightsError
from fallwatch.core.protocols import EndOfStreamError, SourceError
from fallwatch.core.types import Alarm, AlarmState, Priority
from fallwatch.evaluation.clips.clips import ClipFolderError
from fallwatch.evaluation.clips.labels import read_labels
from fallwatch.evaluation.clips.le2i import AnnotationError, read_fall_frames
from fallwatch.events.store import EventStore, StoreError
from fallwatch.settings import load_settings
from fallwatch.sources.registry import make_source

#: A stream without end is looked at for so many frames.
_MOST_FRAMES = 500

REFUSALS = (SourceError, WeightsError, AnnotationError, ClipFolderError, StoreError)

_NOW = "2026-01-31T03:04:05.678Z"


def play(place: str) -> str:
    """A clip or stream, from its first to its last frame."""
    source = make_source(place)
    count = 0
    try:
        source.open()
        while count < _MOST_FRAMES:
            source.read()
            count += 1
    except EndOfStreamError:
        pass
    finally:
        source.close()
    return f"{count} frames"


def annotation(place: str) -> str:
    """A text in the way of Le2i."""
    return str(read_fall_frames(Path(place)))


def labels(place: str) -> str:
    """A table of falls."""
    return f"{len(read_labels(Path(place)))} clips"


def settings(place: str) -> str:
    """Settings are always usable; what could not be used is told, and counts as refused."""
    _, problems = load_settings(Path(place))
    if problems:
        raise SourceError(" ".join(map(str, problems)))
    return "all used"


def weights(place: str) -> str:
    """Weights in a folder of their own: loaded, and asked once."""
    from fallwatch.classifiers.openvino_classifier import OpenVinoClassifier

    folder = Path(place)
    return OpenVinoClassifier(folder.parent, folder.name).variant


def record(place: str) -> str:
    """A record is always usable in the end: what is damaged is told, and counts as refused."""
    store = EventStore(Path(place))
    alarm = Alarm("new", "Hall", "fall", Priority.HIGH, AlarmState.UNACKNOWLEDGED, _NOW, 0.9)
    try:
        try:
            store.open_alarms()
        except StoreError as error:
            if "newer fallwatch" in str(error):
                raise
        store.add(alarm)
        if store.get("new") != alarm:
            raise AssertionError("what was written does not come back")
        count = len(store.all())
    finally:
        store.close()
    if store.warnings:
        raise StoreError(" ".join(map(str, store.warnings)))
    return f"{count} events"


KINDS: dict[str, Callable[[str], str]] = {
    "clip": play,
    "stream": play,
    "annotation": annotation,
    "labels": labels,
    "settings": settings,
    "record": record,
    "weights": weights,
    "manifest": weights,
    "network": weights,
}


def main() -> None:
    """Answer until the input ends."""
    for line in sys.stdin:
        task = json.loads(line)
        try:
            answer = {"outcome": "used", "words": KINDS[task["kind"]](task["place"])}
        except REFUSALS as error:
            answer = {"outcome": "refused", "words": str(error)}
        except BaseException:  # noqa: BLE001 - that is what is looked for here
            answer = {"outcome": "failed", "words": traceback.format_exc()}
        sys.stdout.write(json.dumps(answer) + "\n")
        sys.stdout.flush()


if __name__ == "__main__":
    main()
