from __future__ import annotations

from datetime import datetime, timedelta, timezone

import pytest

from fallwatch.alarms.messages.wording import message_about
from fallwatch.alarms.plain_evidence import in_plain_words
from fallwatch.core.judge import evidence_text
from fallwatch.core.types import AlarmState
from fallwatch.web.push.push_messenger import alarm_content
from tests.alarms.builders import make_alarm

#: The alarms of the builder began at 03:04:05 UTC.
HOME = timezone(timedelta(hours=1))
SOON = datetime(2026, 1, 31, 4, 4, 10, tzinfo=HOME)


def body(now: datetime = SOON, **changes: object) -> list[str]:
    return message_about(make_alarm(**changes), now).body.splitlines()


def test_a_fall_is_told_with_place_local_time_and_reason() -> None:
    message = message_about(make_alarm(), SOON)
    assert message.title == "Fall in kitchen"
    assert message.body.splitlines() == [
        "At 04:04:05.",
        "Nobody has acknowledged it yet.",
        "Why: fast descent; lies still.",
    ]


#: What the judge and the event record say of a fall, with figures; two of them mean the same.
FIGURES = (
    evidence_text.head_came_down(0.8, 1.0, 1.4),
    evidence_text.torso_tilt(78.0),
    evidence_text.torso_tilt(81.0),
    evidence_text.classifier_says(0.93),
)


def test_carers_read_reasons_without_figures_each_once_wherever_they_read_them() -> None:
    plain = ["went down fast", "no longer upright", "looks like somebody who has fallen"]
    alarm = make_alarm(evidence=FIGURES)
    assert body(evidence=FIGURES)[2] == f"Why: {'; '.join(plain)}."
    assert [str(each) for each in in_plain_words(alarm.evidence)] == plain
    assert alarm_content(alarm, "en", SOON)["body"].splitlines()[1:] == plain


@pytest.mark.parametrize(
    ("kind", "title"),
    [
        ("on_floor", "Somebody lies on the floor in kitchen"),
        ("bed_exit", "Somebody is out of bed in kitchen"),
        ("camera_lost", "kitchen is not watched: the camera is lost"),
        ("lamp_broken", "Lamp broken: kitchen"),
    ],
)
def test_every_kind_has_a_title_also_one_that_is_new(kind: str, title: str) -> None:
    assert message_about(make_alarm(kind=kind), SOON).title == title


def test_a_room_with_braces_in_its_name_is_no_problem() -> None:
    assert message_about(make_alarm(camera="{0} {x}"), SOON).title == "Fall in {0} {x}"


def test_a_late_message_says_so_and_on_which_day_it_was() -> None:
    later = SOON + timedelta(days=1)
    assert body(later)[0] == ("At 04:04:05 on 31.01.2026, 24 hours before this message was sent.")


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        (
            {"state": AlarmState.RETURNED_UNACKNOWLEDGED},
            "It is over by itself, but nobody has acknowledged it yet.",
        ),
        (
            {
                "state": AlarmState.ACKNOWLEDGED,
                "acknowledged_by": "Ada",
                "acknowledged_utc": "2026-01-31T03:04:09.000Z",
            },
            "Acknowledged by Ada at 04:04:09.",
        ),
        (
            {"state": AlarmState.CLOSED, "acknowledged_by": "condition cleared"},
            "It is over: condition cleared.",
        ),
    ],
)
def test_who_acknowledged_is_told(changes: dict[str, object], words: str) -> None:
    assert body(**changes)[1] == words


def test_a_clip_is_told_from_a_room() -> None:
    assert body(from_clip=True)[-1] == "This comes from a recorded clip, not from a room."


def test_a_message_says_where_it_can_be_acknowledged() -> None:
    message = message_about(make_alarm(), SOON, "https://home.example/acknowledge/abc")
    assert message.body.splitlines()[-1] == "Acknowledge: https://home.example/acknowledge/abc"
    assert message.answer_url == "https://home.example/acknowledge/abc"
    assert "Acknowledge" not in message_about(make_alarm(), SOON).body
