"""Points of the set-up: all that a watch needs, and how it stands. Nothing is looked at here."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import Enum

from fallwatch.core.message import Message


class Mark(Enum):
    """How one point stands."""

    DONE = "✔"
    OPEN = "•"
    FAILED = "✘"


@dataclass(frozen=True, slots=True)
class Situation:
    """How it is at this moment.

    Attributes:
        rooms: Each room by name, with whether it is being watched now.
        rooms_with_bed: Names of those with a zone for a bed.
        recipients: Names of those who are told elsewhere.
        has_pin: Whether stopping the watch needs a PIN.
    """

    rooms: dict[str, bool] = field(default_factory=dict)
    rooms_with_bed: frozenset[str] = frozenset()
    recipients: tuple[str, ...] = ()
    has_pin: bool = False


@dataclass(slots=True)
class Answers:
    """What somebody has said or tried; None while that is open.

    Attributes:
        heard: Whether the alarm sound was heard.
        reached: Whether a test message arrived.
        nobody_else: Nobody shall be told elsewhere.
        test_passed: Whether the self-test with its fall went well.
        no_beds: There are no beds or sofas in view.
        anybody_stops: Everybody at this computer may stop the watch.
    """

    heard: bool | None = None
    reached: bool | None = None
    nobody_else: bool = False
    test_passed: bool | None = None
    no_beds: bool = False
    anybody_stops: bool = False


@dataclass(frozen=True, slots=True)
class Point:
    """One point of the list.

    Attributes:
        title: What it is about.
        mark: How it stands.
        words: What is so, or what is to be done.
    """

    title: Message
    mark: Mark
    words: Message


def points(now: Situation, answers: Answers) -> dict[str, Point]:
    """All points in order, by a short name."""
    return {
        "camera": _camera(now),
        "sound": _asked(
            Message("Is the alarm heard?"),
            answers.heard,
            Message("The alarm sound was heard."),
            Message("Turn the loudspeaker on and up, and choose it in the system's settings."),
            Message("Play the sound, from where somebody sleeps or works."),
        ),
        "recipient": _recipient(now, answers),
        "test": _asked(
            Message("A test fall through the whole chain"),
            answers.test_passed,
            Message("It was seen, recorded and told."),
            Message("The self-test names what failed and what to do."),
            Message("A recorded fall goes the way of a real one, up to the alarm."),
        ),
        "beds": _beds(now, answers),
        "stop": _stop(now, answers),
    }


def is_ready(found: dict[str, Point]) -> bool:
    """Whether nothing is missing."""
    return all(point.mark is Mark.DONE for point in found.values())


def _camera(now: Situation) -> Point:
    title = Message("Does the camera see the room?")
    if not now.rooms:
        return Point(title, Mark.OPEN, Message("Add a camera for each room."))
    blind = [name for name, watched in now.rooms.items() if not watched]
    if blind:
        words = Message("Not watched now: {0}.", (", ".join(blind),))
        return Point(title, Mark.FAILED, words)
    return Point(title, Mark.DONE, Message("Watched now: {0}.", (", ".join(now.rooms),)))


def _recipient(now: Situation, answers: Answers) -> Point:
    title = Message("Who is told elsewhere?")
    if answers.nobody_else and not now.recipients:
        words = Message("Nobody: whoever helps hears this computer.")
        return Point(title, Mark.DONE, words)
    if not now.recipients:
        return Point(
            title, Mark.OPEN, Message("Nobody yet. Add somebody, or say that none is needed.")
        )
    names = ", ".join(now.recipients)
    return _asked(
        title,
        answers.reached,
        Message("A test has reached {0}.", (names,)),
        Message("No test has reached {0}. Check the address in the settings.", (names,)),
        Message("Send a test to {0}.", (names,)),
    )


def _beds(now: Situation, answers: Answers) -> Point:
    title = Message("Are beds and sofas marked?")
    left = [name for name in now.rooms if name not in now.rooms_with_bed]
    if answers.no_beds or (now.rooms and not left):
        return Point(title, Mark.DONE, Message("Who lies there raises no alarm."))
    if not now.rooms:
        return Point(title, Mark.OPEN, Message("First add a camera."))
    words = Message("Not marked in: {0}. Who lies there would raise an alarm.", (", ".join(left),))
    return Point(title, Mark.OPEN, words)


def _stop(now: Situation, answers: Answers) -> Point:
    title = Message("Who may stop the watch?")
    if now.has_pin:
        return Point(title, Mark.DONE, Message("Whoever knows the PIN."))
    if answers.anybody_stops:
        return Point(title, Mark.DONE, Message("Everybody at this computer."))
    return Point(title, Mark.OPEN, Message("Set a PIN, or say that everybody may."))


def _asked(
    title: Message, answer: bool | None, good: Message, bad: Message, before: Message
) -> Point:
    if answer is None:
        return Point(title, Mark.OPEN, before)
    return Point(title, Mark.DONE, good) if answer else Point(title, Mark.FAILED, bad)
