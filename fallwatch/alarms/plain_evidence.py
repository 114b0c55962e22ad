"""Evidence in a carer's words: what was seen, without figures."""

from __future__ import annotations

from collections.abc import Iterable

from fallwatch.core.judge import evidence_text
from fallwatch.core.message import Message

_IN_WORDS = {
    evidence_text.head_came_down(0, 0, 0).template: Message("went down fast"),
    evidence_text.torso_tilt(0).template: Message("no longer upright"),
    evidence_text.head_height(0).template: Message("the head is near the floor"),
    evidence_text.classifier_says(0).template: Message("looks like somebody who has fallen"),
}


def in_plain_words(evidence: Iterable[Message]) -> tuple[Message, ...]:
    """What evidence means to somebody who watches over people, each thing said once."""
    return tuple(dict.fromkeys(_IN_WORDS.get(each.template, each) for each in evidence))
