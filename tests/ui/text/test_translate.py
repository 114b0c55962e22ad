"""What the parts behind the window say is shown in the window's language."""

from __future__ import annotations

import ast
import json
from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtWidgets import QApplication

from fallwatch.alarms.mqtt.documents import alarm_from_json, alarm_json
from fallwatch.core.judge import evidence_text
from fallwatch.core.message import Message, plain
from fallwatch.core.protocols import SourceError
from fallwatch.core.types import Alarm, AlarmState, Priority
from fallwatch.doctor import check_room
from fallwatch.events.outbox import Outbox, Part
from fallwatch.events.store import EventStore
from fallwatch.events.times import utc_now
from fallwatch.pipeline.monitor import MonitorState, MonitorStatus
from fallwatch.runtime.views.state_look import look_of
from fallwatch.sources.camera.network_stream import NetworkStreamSource
from fallwatch.sources.registry import make_source
from fallwatch.ui.text.language import speak
from fallwatch.ui.text.translate import translate
from fallwatch.ui.text.words import (
    delivery_words,
    evidence_in_figures,
    state_words,
    step_words,
    why,
)
from tests.tools.translate import message_templates, templates_of

ALARM = Alarm(
    event_id="e1",
    camera="Hall",
    kind="fall",
    priority=Priority.HIGH,
    state=AlarmState.UNACKNOWLEDGED,
    started_utc="2026-03-02T12:00:00.000Z",
    score=0.9,
    evidence=(evidence_text.torso_tilt(71.0), evidence_text.classifier_says(0.93)),
)

WHY = "Warum: nicht mehr aufrecht; sieht aus wie jemand, der gestürzt ist"
FIGURES = "Rumpf 71 Grad aus der Senkrechten; Klassifikator: zu 93\u00a0% gestürzt"


@pytest.fixture
def german(qapp: QApplication) -> Iterator[None]:
    speak(qapp, "de")
    yield
    speak(qapp, "en")


@pytest.fixture
def store(tmp_path: Path) -> Iterator[EventStore]:
    store = EventStore(tmp_path / "events.db")
    yield store
    store.close()


def test_in_english_everything_stays_as_it_is(qapp: QApplication) -> None:
    speak(qapp, "en")
    for template in message_templates():
        assert translate(Message(template)) == template


def test_a_status_is_shown_in_german(german: None) -> None:
    message = Message("No new image for {0} s.", (12,))
    look = look_of(MonitorStatus("Hall", MonitorState.STALLED, message, 0.0, 12.0))
    assert (translate(look.title), translate(look.detail)) == (
        "Kein Bild",
        "Seit 12 s kein neues Bild.",
    )


def test_what_stands_in_a_message_is_translated_too(
    german: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(*_: object) -> None:
        raise ConnectionRefusedError

    monkeypatch.setattr("socket.create_connection", refuse)
    with pytest.raises(SourceError) as caught:
        NetworkStreamSource("rtsp://anna:s3cret@10.0.0.7/a").open()
    assert translate(Message("{0} Trying again.", (caught.value.message,))) == (
        "rtsp://10.0.0.7/a ist nicht erreichbar: Dort antwortet nichts am Port 554. Prüfen Sie "
        "den Port und die Kamera. Neuer Versuch läuft."
    )


def test_an_error_is_shown_in_german(german: None) -> None:
    with pytest.raises(SourceError) as caught:
        make_source("")
    assert translate(caught.value.message).startswith("Es ist keine Quelle angegeben. Geben Sie")


def test_an_alarm_says_why_in_german(german: None) -> None:
    assert why(ALARM) == WHY
    assert evidence_in_figures(ALARM) == FIGURES


def test_the_steps_of_a_history_are_shown_in_german(german: None, store: EventStore) -> None:
    store.add(ALARM)
    outcome = Message("acknowledged: {0}", (Message("false alarm"),))
    store.update(ALARM, what=Message("triggered again ({0})", ("long_lie",)))
    store.update(ALARM, what=outcome, by="Ada")
    store.note("e1", what=plain("{0} by hand"), by="Ada")
    assert [step_words(entry.what) for entry in store.history("e1")] == [
        "ausgelöst",
        "erneut ausgelöst: Liegt schon lange",
        "bestätigt: Fehlalarm",
        "{0} by hand",
    ]


def test_who_ended_an_alarm_is_shown_in_german(german: None) -> None:
    closed = Alarm(
        "e2", "Hall", "camera_lost", Priority.LOW, AlarmState.CLOSED, "2026-03-02T12:00:00.000Z",
        1.0, acknowledged_by="condition cleared",
    )  # fmt: skip
    assert state_words(closed, utc_now()) == "Von selbst vorbei"


def test_an_event_of_an_english_day_is_shown_in_german(
    qapp: QApplication, store: EventStore
) -> None:
    speak(qapp, "en")
    store.add(ALARM)
    (stored,) = store.recent()
    assert why(stored) == "Why: no longer upright; looks like somebody who has fallen"
    store.close()
    speak(qapp, "de")
    (stored,) = store.recent()
    assert why(stored) == WHY
    speak(qapp, "en")


def test_why_a_message_waits_is_shown_in_german(german: None, store: EventStore) -> None:
    store.add(ALARM)
    outbox = Outbox(store)
    outbox.put("e1", "Anna", "fell", [Part.TEXT])
    reason = Message("it takes no more messages for now. Wait a while")
    problem = Message("The message to {0} was not taken by {1}: {2}.", ("Anna", "ntfy", reason))
    outbox.failed(outbox.waiting("Anna")[0], problem)
    (delivery,) = outbox.deliveries(["e1"])["e1"]
    assert delivery_words(delivery, utc_now()).endswith(
        "ntfy hat die Nachricht an Anna nicht angenommen: Er nimmt vorerst keine Nachrichten mehr "
        "an. Warten Sie eine Weile."
    )


def test_a_check_of_the_self_test_is_shown_in_german(german: None, tmp_path: Path) -> None:
    found = check_room(tmp_path, free_bytes=100_000_000)
    assert [translate(each) for each in (found.name, found.words)] == [
        "Platz auf der Festplatte",
        "0,1 GB sind frei für Ereignisse, Bilder und Clips.",
    ]
    assert translate(found.remedy).startswith("Schaffen Sie Platz")


def test_an_alarm_of_another_computer_is_shown_in_german(german: None) -> None:
    there = alarm_from_json(alarm_json(ALARM).encode())
    assert there is not None
    assert why(there) == WHY


def test_of_an_older_fallwatch_elsewhere_the_english_is_shown(german: None) -> None:
    document = json.loads(alarm_json(ALARM))
    del document["messages"]
    there = alarm_from_json(json.dumps(document).encode())
    assert there is not None
    assert why(there) == "Warum: torso 71 degrees from upright; classifier 93% for fallen"


@pytest.mark.parametrize("message", [plain("something nobody has heard of"), Message("{0.real}")])
def test_what_is_not_ours_stays_as_it_is(german: None, message: Message) -> None:
    assert translate(message) == str(message)


@pytest.mark.parametrize(
    "source",
    ["Message(f'{x} is gone')", "Message(text)", "Message()", "OurError('gone')"],
)
def test_what_cannot_be_translated_is_refused(source: str) -> None:
    with pytest.raises(ValueError, match=r"module\.py, line 1"):
        list(templates_of(ast.parse(source), "module.py", ["OurError"]))
