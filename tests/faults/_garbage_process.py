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
from fallwatch.evaluation.clips import ClipFolderError
from fallwatch.evaluation.labels import read_labels
from fallwatch.evaluation.le2i import AnnotationError, read_fall_frames
from fallwatch.settings import load_settings
from fallwatch.sources.registry import make_source

#: A stream without end is looked at for so many pictures.
_MOST_PICTURES = 500

REFUSALS = (SourceError, WeightsError, AnnotationError, ClipFolderError)


def play(place: str) -> str:
    """A clip or stream, from its first to its last picture."""
    source = make_source(place)
    count = 0
    try:
        source.open()
        while count < _MOST_PICTURES:
            source.read()
            count += 1
    except EndOfStreamError:
        pass
    finally:
        source.close()
    return f"{count} pictures"


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
        raise SourceError(" ".join(problems))
    return "all used"


def weights(place: str) -> str:
    """Weights in a folder of their own: loaded, and asked once."""
    from fallwatch.classifiers.openvino_classifier import OpenVinoClassifier

    folder = Path(place)
    return OpenVinoClassifier(folder.parent, folder.name).variant


KINDS: dict[str, Callable[[str], str]] = {
    "clip": play,
    "stream": play,
    "annotation": annotation,
    "labels": labels,
    "settings": settings,
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
