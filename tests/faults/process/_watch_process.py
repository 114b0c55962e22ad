"""The program that the fault tests watch: ``fallwatch`` with a loudspeaker that can be heard.

``python -m tests.faults.process._watch_process MODE FALL_S ARGUMENT...`` runs ``fallwatch`` with
the arguments. The loudspeaker is replaced by lines on standard output, and so is told, where
``FALLWATCH_AUDIT`` is set, what sockets Python opens and what it unpickles; where
``FALLWATCH_HEARD`` is set, these lines go into that file instead. With the mode
``models`` all else is the product. With ``scripted`` somebody falls without any model ``FALL_S``
seconds after the first frame and somebody else 3 s later, so that a run takes seconds and not
half a minute; with ``asked`` somebody falls for each file that appears in ``FALLWATCH_FALLS``;
with ``broken`` what should look at the first frame fails in an unforeseen way.
"""

from __future__ import annotations

import json
import os
import sys
import time
from functools import partial
from pathlib import Path

from fallwatch.__main__ import main as run_fallwatch
from fallwatch.alarms.channels import sound
from fallwatch.core.types import Analysis, Box, EventKind, FallEvent, Frame, Person, Posture
from fallwatch.runtime import room_watch

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
        _say({"sound": path.name, "at_unix_s": time.time(), "waited_s": _waited_s()})
        return Burst()


class TwoFalls:
    """Sees one person fall and then another, without a model.

    Args:
        first_s: Seconds from the first frame to the first fall.
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


class FallsWhenAsked:
    """Sees somebody fall for each file that appears in a folder.

    Args:
        folder: It is there.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._seen = 0

    def step(self, frame: Frame) -> Analysis:
        box = Box(0, 0, frame.width_px, frame.height_px)
        events: tuple[FallEvent, ...] = ()
        if len(list(self._folder.iterdir())) > self._seen:
            self._seen += 1
            at_s = frame.timestamp_s
            events = (
                FallEvent(EventKind.FALL, frame.camera, self._seen, at_s, at_s, 0.9, (), box),
            )
        return Analysis(frame, (Person(1, box, None, 0.9, 0.9, Posture.FALLEN),), events)

    def close(self) -> None:
        """Nothing is open."""


class Broken:
    """Fails at the first frame, as a program does that has an error in it."""

    def step(self, frame: Frame) -> Analysis:
        raise ZeroDivisionError(f"no way to look at {frame.camera}")

    def close(self) -> None:
        """Nothing is open."""


def main() -> None:
    """Run it."""
    mode, fall_s, *arguments = sys.argv[1:]
    sound.SystemPlayer = HeardPlayer  # type: ignore[misc, assignment]
    if mode != "models":
        make = {
            "broken": Broken,
            "asked": lambda: FallsWhenAsked(Path(os.environ["FALLWATCH_FALLS"])),
            "scripted": partial(TwoFalls, float(fall_s)),
        }[mode]
        room_watch.build_analyzer = lambda *args, **more: make()  # type: ignore[assignment, return-value]
    if os.environ.get("FALLWATCH_AUDIT"):
        sys.addaudithook(_audit)
    sys.argv[1:] = arguments
    run_fallwatch()


def _audit(event: str, details: tuple[object, ...]) -> None:
    if event in ("socket.connect", "socket.bind", "socket.sendto"):
        _say({"audit": event, "with": repr(details[1])})
    elif event == "socket.getaddrinfo":
        _say({"audit": event, "with": repr(details[:2])})
    elif event == "pickle.find_class":
        _say({"audit": event, "with": ".".join(str(part) for part in details)})


def _waited_s() -> float:
    """How long this and the first thread have waited for other programs to leave them a core."""
    try:
        lines = [Path(f"/proc/{who}/schedstat").read_text() for who in ("self", "thread-self")]
    except OSError:
        return 0.0
    return sum(int(line.split()[1]) for line in lines) / 1e9


def _say(value: dict[str, object]) -> None:
    line = json.dumps(value).encode() + b"\n"
    heard = os.environ.get("FALLWATCH_HEARD")
    if heard:
        # Standard output is what is being broken.
        with Path(heard).open("ab") as file:
            file.write(line)
        return
    os.write(1, line)  # in one piece, between other threads' lines


if __name__ == "__main__":
    main()
