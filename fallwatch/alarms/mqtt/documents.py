"""Alarms and answers as JSON. What comes from the broker is not trusted. Pure."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass

from fallwatch.alarms.lifecycle import OUTCOMES
from fallwatch.alarms.priority import priority_of
from fallwatch.core.message import Message, from_json, plain, to_json
from fallwatch.core.moments import parse_utc
from fallwatch.core.types import Alarm, AlarmState

#: Longer messages are not read.
MAX_BYTES = 20_000

_ID = re.compile(r"[0-9A-Za-z]{1,64}")
_KIND = re.compile(r"[a-z_]{1,40}")
_MAX_TEXT = 500
_MAX_LINES = 20


@dataclass(frozen=True, slots=True)
class Answer:
    """Somebody elsewhere answers an alarm.

    Attributes:
        event_id: Which; empty for all of the room the answer was sent to.
        by: Who.
    """

    event_id: str
    by: str


def alarm_json(alarm: Alarm) -> str:
    """An alarm as one JSON object."""
    value: dict[str, object] = {
        "event_id": alarm.event_id,
        "camera": alarm.camera,
        "kind": alarm.kind,
        "priority": alarm.priority.value,
        "state": alarm.state.value,
        "started_utc": alarm.started_utc,
        "score": round(alarm.score, 3),
        "evidence": [str(each) for each in alarm.evidence],
        "from_clip": alarm.from_clip,
        "acknowledged_utc": alarm.acknowledged_utc,
        "acknowledged_by": alarm.acknowledged_by,
        "outcome": alarm.outcome,
    }
    if alarm.clip_time_s is not None:
        value["clip_time_s"] = alarm.clip_time_s
    text = json.dumps(value, ensure_ascii=False)
    # For receivers that show the evidence in another language; nobody reads what is too long.
    parts = [to_json(each) for each in alarm.evidence[:_MAX_LINES]]
    whole = json.dumps(value | {"messages": parts}, ensure_ascii=False)
    return whole if len(whole.encode(errors="surrogatepass")) <= MAX_BYTES else text


def alarm_from_json(payload: bytes) -> Alarm | None:
    """Read what `alarm_json` wrote; None if it is anything else."""
    value = _object(payload)
    try:
        kind = _matching(_KIND, value["kind"])
        evidence = value["evidence"]
        if not isinstance(evidence, list):
            return None
        return Alarm(
            event_id=_matching(_ID, value["event_id"]),
            camera=_text(value["camera"]),
            kind=kind,
            # Not theirs to say: how loud this computer is, is decided here.
            priority=priority_of(kind),
            state=AlarmState(value["state"]),
            started_utc=_moment(value["started_utc"]),
            score=_fraction(value["score"]),
            evidence=_evidence(evidence[:_MAX_LINES], value.get("messages")),
            # Their clip's time means nothing here.
            from_clip=value.get("from_clip") is True,
            acknowledged_utc=_optional(_moment, value.get("acknowledged_utc")),
            acknowledged_by=_optional(_text, value.get("acknowledged_by")),
            outcome=outcome if (outcome := value.get("outcome")) in OUTCOMES else "",
        )
    except (KeyError, TypeError, ValueError, RecursionError):
        return None


def _evidence(lines: list[object], messages: object) -> tuple[Message, ...]:
    """The evidence, so that it can be translated where its parts came along and say the same."""
    parts = messages if isinstance(messages, list) else []
    return tuple(
        _line(line, parts[number] if number < len(parts) else None)
        for number, line in enumerate(lines)
    )


def _line(line: object, parts: object) -> Message:
    words = _text(line)
    if isinstance(parts, dict):
        with suppress(ValueError):
            message = _printable(from_json(parts))
            if _text(str(message)) == words:
                return message
    return plain(words)


def _printable(message: Message) -> Message:
    return Message(
        _text(message.template),
        tuple(
            _printable(each)
            if isinstance(each, Message)
            else _text(each)
            if isinstance(each, str)
            else each
            for each in message.arguments
        ),
    )


def answer_json(event_id: str, by: str) -> str:
    """An answer to an alarm."""
    return json.dumps({"event_id": event_id, "by": by}, ensure_ascii=False)


def answer_from(payload: bytes, default_by: str) -> Answer | None:
    """Read an answer: a JSON object as `answer_json` writes it, or an event's id alone."""
    if len(payload) > MAX_BYTES:
        return None
    if payload[:1] != b"{":
        found = _ID.fullmatch(payload.decode("ascii", "replace").strip())
        return Answer(found[0], default_by) if found else None
    value = _object(payload)
    try:
        event_id = _matching(_ID, value["event_id"])
        by = _text(value.get("by", default_by))[:60].strip() or default_by
    except (KeyError, TypeError, ValueError):
        return None
    return Answer(event_id, by)


def about_json(name: str, *, ended: bool, run: str = "") -> str:
    """What a station says of itself.

    Args:
        name: Its name for people.
        ended: Whether it ended in an orderly way.
        run: What this run of it is called, so that it knows its own words again.
    """
    return json.dumps({"name": name, "ended": ended, "run": run}, ensure_ascii=False)


def about_run(payload: bytes) -> str | None:
    """The run that says so of itself; None if it has ended, or if it is anything else."""
    value = _object(payload)
    try:
        return None if value["ended"] is True else _matching(_ID, value["run"])
    except (KeyError, TypeError, ValueError):
        return None


def about_from(payload: bytes) -> tuple[str, bool] | None:
    """Name of a station and whether it ended in an orderly way; None if it is anything else."""
    value = _object(payload)
    try:
        return _text(value["name"])[:60], value["ended"] is True
    except (KeyError, TypeError, ValueError):
        return None


def _object(payload: bytes) -> dict[str, object]:
    if len(payload) > MAX_BYTES:
        return {}
    try:
        value = json.loads(payload)
    except (ValueError, RecursionError):
        return {}
    return value if isinstance(value, dict) else {}


def _text(value: object) -> str:
    if not isinstance(value, str):
        raise ValueError("a text was expected")
    # Control characters would end up on terminals and in file names.
    return "".join(letter for letter in value[:_MAX_TEXT] if letter.isprintable())


def _matching(pattern: re.Pattern[str], value: object) -> str:
    if not isinstance(value, str) or pattern.fullmatch(value) is None:
        raise ValueError("something else was expected")
    return value


def _moment(value: object) -> str:
    """A time stamp, once it was read as a moment: `2026-00-25T...` looks like one and is none."""
    parse_utc(value)
    return str(value)


def _optional(read: Callable[[object], str], value: object) -> str | None:
    return None if value is None else read(value)


def _fraction(value: object) -> float:
    if isinstance(value, bool) or not isinstance(value, (int, float)) or not 0 <= value <= 1:
        raise ValueError("a number from 0 to 1 was expected")
    return float(value)
