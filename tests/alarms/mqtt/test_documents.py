"""The evidence of alarms at the broker: English for everybody, parts for who translates."""

from __future__ import annotations

import json

import pytest

from fallwatch.alarms.mqtt.documents import MAX_BYTES, alarm_from_json, alarm_json
from fallwatch.core.message import Message, plain
from fallwatch.core.types import Alarm
from tests.alarms.builders import make_alarm

TORSO = Message("torso {0} degrees from upright", ("71",))
LINE = "torso 71 degrees from upright"


def heard(**changes: object) -> Alarm | None:
    """The alarm that a document is read as, with some of its keys changed."""
    document = json.loads(alarm_json(make_alarm("a1", evidence=(TORSO,))))
    return alarm_from_json(json.dumps(document | changes).encode())


def test_a_document_holds_the_english_and_its_parts() -> None:
    document = json.loads(alarm_json(make_alarm("a1", evidence=(TORSO, plain("{0} by hand")))))
    assert document["evidence"] == [LINE, "{0} by hand"]
    assert document["messages"] == [
        {"template": "torso {0} degrees from upright", "arguments": ["71"]},
        {"template": "{0}", "arguments": ["{0} by hand"]},
    ]


def test_what_was_said_there_arrives_in_its_parts() -> None:
    inner = Message("{0} Trying again.", (Message("{0} has ended.", ("a.mp4",)),))
    alarm = make_alarm("a1", evidence=(TORSO, inner, plain("{0} by hand")))
    there = alarm_from_json(alarm_json(alarm).encode())
    assert there is not None
    assert there.evidence == alarm.evidence


def test_a_document_that_would_be_too_long_to_be_read_leaves_the_parts_out() -> None:
    evidence = tuple(plain("long " * 300) for _ in range(9))
    text = alarm_json(make_alarm("a1", evidence=evidence))
    assert len(text) < MAX_BYTES
    assert "messages" not in json.loads(text)


_DEEP: object = {"template": "end"}
for _ in range(50):
    _DEEP = {"template": "{0}", "arguments": [_DEEP]}


@pytest.mark.parametrize(
    "messages",
    [
        None,
        7,
        {},
        "torso",
        [],
        [None],
        ["torso"],
        [{"template": 7}],
        [{"template": "{0.__class__}", "arguments": []}],
        [{"template": "{0}", "arguments": [{"template": None}]}],
        [{"template": "Nobody has fallen.", "arguments": []}],
        [{"template": "\ud800", "arguments": []}],
        [{"template": "x" * 9000, "arguments": []}],
        [{"template": "{0}", "arguments": ["y"] * 50}],
        [_DEEP],
    ],
)
def test_parts_that_are_damaged_or_say_something_else_do_not_count(messages: object) -> None:
    alarm = heard(messages=messages)
    assert alarm is not None
    assert alarm.evidence == (plain(LINE),)


def test_marks_that_no_terminal_should_see_are_left_out_of_the_parts() -> None:
    parts = {"template": "torso\x1b {0}", "arguments": ["71\x07"]}
    alarm = heard(evidence=["torso 71"], messages=[parts])
    assert alarm is not None
    assert alarm.evidence == (Message("torso {0}", ("71",)),)


def test_more_parts_than_evidence_add_nothing() -> None:
    parts = [{"template": LINE, "arguments": []}] * 30
    alarm = heard(messages=parts)
    assert alarm is not None
    assert alarm.evidence == (Message(LINE),)
