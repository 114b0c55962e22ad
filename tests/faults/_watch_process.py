"""The program that the crash tests kill: ``fallwatch watch`` with a loudspeaker that can be heard.

``python -m tests.faults._watch_process models|scripted FALL_S ARGUMENT...`` runs ``fallwatch`` with
the arguments. The loudspeaker is replaced by lines on standard output. ``scripted`` also replaces
the models: somebody falls ``FALL_S`` seconds after the first picture and somebody else 3 s later,
so that a run takes seconds and not half a minute. All else is the product.
"""

from __future__ import annotations

import json
import os
import sys
import time
from pathlib import Path

from fallwatch import headless
from fallwatch.alarms.channels import sound
from fallwatch.cli import app
from fallwatch.core.types import Analysis, Box, EventKind, FallEvent, Frame, Person, Posture

#: Somebody else falls so much later.
SECOND_FALL_S = 3.0


class Burst:
    """A sound that lasts 2 s."""

    def __init__(self) -> None:
        self._until_s = time.monotonic() + 2.0

    def is_alive(self) -> bool:
        return time.monotonic() < self._until_s

    def stop(self) -> None:
        self._until_s = 0.0


class HeardPlayer:
    """A loudspeaker that says on standard output what it plays."""

    def backends(self) -> list[str]:
        return ["standard output"]

    def play(self, path: Path, backend: str) -> Burst:
        line = json.dumps({"sound": path.name}) + "\n"
        os.write(1, line.encode())  # in one piece, between the lines of other threads
        return Burst()


class TwoFalls:
    """Sees one person fall and then another, without a model.

    Args:
        first_s: Seconds from the first picture to the first fall.
    """

    def __init__(self, first_s: float) -> None:
        self._due_s = [first_s, first_s + SECOND_FALL_S]
        self._began_s: float | None = None
        self._next_id = 1

    def step(self, frame: Frame) -> Analysis:
        if self._began_s is None:
            self._began_s = frame.timestamp_s
        now_s = frame.timestamp_s
        box = Box(0, 0, frame.width_px, frame.height_px)
        events: tuple[FallEvent, ...] = ()
        if self._due_s and now_s - self._began_s >= self._due_s[0]:
            self._due_s.pop(0)
            events = (
                FallEvent(EventKind.FALL, frame.camera, self._next_id, now_s, now_s, 0.9, (), box),
            )
            self._next_id += 1
        return Analysis(frame, (Person(1, box, None, 0.9, 0.9, Posture.FALLEN),), events)

    def close(self) -> None:
        """Nothing is open."""


def main() -> None:
    """Run it."""
    mode, fall_s, *arguments = sys.argv[1:]
    sound.SystemPlayer = HeardPlayer  # type: ignore[misc, assignment]
    if mode == "scripted":
        headless.build_analyzer = lambda *args, **more: TwoFalls(float(fall_s))  # type: ignore[assignment, return-value]
    app(arguments)


if __name__ == "__main__":
    main()
