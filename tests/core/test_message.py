"""Messages: their English, their JSON, and what is refused."""

from __future__ import annotations

import json
import pickle

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fallwatch.core.message import (
    MAX_ARGUMENTS,
    MAX_CHARACTERS,
    MAX_DEPTH,
    NO_MESSAGE,
    Message,
    MessageError,
    from_json,
    message_of,
    plain,
    to_json,
)
from fallwatch.core.text import clean_text

_ARGUMENTS = st.recursive(
    st.text() | st.integers(-(2**40), 2**40) | st.floats(allow_nan=False, allow_infinity=False),
    lambda inner: st.builds(Message, st.text(), st.lists(inner, max_size=3).map(tuple)),
    max_leaves=4,
)


class OurError(MessageError):
    """For these tests."""


def test_english() -> None:
    inner = Message("No answer for {0} s.", (3,))
    assert str(Message("{1} at {0}. {2}", ("the door", "Anna", inner))) == (
        "Anna at the door. No answer for 3 s."
    )


@pytest.mark.parametrize(
    ("template", "arguments", "words"),
    [
        ("{0.__class__} {0!r} {0:>9} {} {x}", ("a",), "{0.__class__} {0!r} {0:>9} {} {x}"),
        ("{0} {1}", ("{1}", "{0}"), "{1} {0}"),
        ("{3}", ("a",), "{3}"),
        ("100 % of {0}\\g<0>", ("\\1",), "100 % of \\1\\g<0>"),
    ],
)
def test_nothing_but_places_is_replaced(
    template: str, arguments: tuple[str, ...], words: str
) -> None:
    assert str(Message(template, arguments)) == words


def test_foreign_text_is_an_argument_and_no_template() -> None:
    assert str(plain("{0}")) == "{0}"
    assert plain("{0}").template == "{0}"


def test_the_empty_message_says_nothing() -> None:
    assert not NO_MESSAGE
    assert str(NO_MESSAGE) == ""
    assert Message("raised")


def test_an_error_carries_its_message() -> None:
    message = Message("{0} is not open.", ("Hall",))
    error = OurError(message)
    assert str(error) == "Hall is not open."
    assert error.message is message
    assert OurError("as it is {0}").message == plain("as it is {0}")
    assert pickle.loads(pickle.dumps(error)).message == message


def test_the_message_of_any_error() -> None:
    assert message_of(OurError(Message("a"))) == Message("a")
    assert message_of(ValueError("b {0}")) == plain("b {0}")
    assert message_of(KeyboardInterrupt()) == plain("KeyboardInterrupt")
    assert message_of(OurError()) == plain("OurError")


@given(st.builds(Message, st.text(), st.lists(_ARGUMENTS, max_size=10).map(tuple)))
def test_through_json_and_back(message: Message) -> None:
    again = from_json(json.loads(json.dumps(to_json(message))))
    assert str(again) == clean_text(str(message))


def test_what_is_stored_keeps_its_parts() -> None:
    message = Message("{0} Trying again. {1}", (Message("{0} has ended.", ("a.mp4",)), 7))
    assert to_json(message) == {
        "template": "{0} Trying again. {1}",
        "arguments": [{"template": "{0} has ended.", "arguments": ["a.mp4"]}, 7],
    }
    assert from_json(to_json(message)) == message


def test_a_text_of_an_older_record_is_shown_as_it_is() -> None:
    assert from_json("torso {0} degrees") == plain("torso {0} degrees")


def test_what_is_written_can_be_read_however_big_it_is() -> None:
    deep = Message("end")
    for _ in range(2 * MAX_DEPTH):
        deep = Message("{0}.", (deep,))
    assert str(from_json(to_json(deep))) == str(deep)
    big = Message("x" * 2 * MAX_CHARACTERS, ("y" * 2 * MAX_CHARACTERS,) * 2 * MAX_ARGUMENTS)
    again = from_json(to_json(big))
    assert len(again.template) == MAX_CHARACTERS
    assert len(again.arguments) == MAX_ARGUMENTS
    huge = Message("{0} {1}", (10**100, float("inf")))
    assert str(from_json(to_json(huge))) == str(huge)


_NESTED_TOO_DEEP: object = {"template": "end"}
for _ in range(MAX_DEPTH):
    _NESTED_TOO_DEEP = {"template": "{0}", "arguments": [_NESTED_TOO_DEEP]}


@pytest.mark.parametrize(
    "damaged",
    [
        None,
        7,
        [],
        {},
        {"template": 7},
        {"template": None, "arguments": []},
        {"template": "a", "arguments": "b"},
        {"template": "a", "arguments": {"0": "b"}},
        {"template": "a", "arguments": [None]},
        {"template": "a", "arguments": [True]},
        {"template": "a", "arguments": [["b"]]},
        {"template": "a", "arguments": [float("nan")]},
        {"template": "a", "arguments": [10**5000]},
        {"template": "a", "arguments": [{"template": 1}]},
        {"template": "a", "arguments": ["b"] * (MAX_ARGUMENTS + 1)},
        {"template": "a" * (MAX_CHARACTERS + 1)},
        {"template": "a", "arguments": ["b" * (MAX_CHARACTERS + 1)]},
        _NESTED_TOO_DEEP,
    ],
)
def test_damage_is_refused(damaged: object) -> None:
    with pytest.raises(ValueError, match=r"must be|needed|deeper"):
        from_json(damaged)
