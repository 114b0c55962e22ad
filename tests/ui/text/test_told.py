"""What the parts behind the window say in English is said in the window's language."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtWidgets import QApplication

import fallwatch
from fallwatch.core.types import Alarm, AlarmState, Priority
from fallwatch.pipeline.monitor import MonitorState, MonitorStatus
from fallwatch.ui.style.state_look import look_of
from fallwatch.ui.text.language import speak
from fallwatch.ui.text.told import told
from fallwatch.ui.text.told_texts import TEXTS
from fallwatch.ui.text.words import step_words, why

_ROOT = Path(fallwatch.__file__).parent

#: Whose sentences people read in the window.
_SPEAKERS = (
    "core/judge/rules.py",
    "pipeline/capture_thread.py",
    "pipeline/analysis_thread.py",
    "pipeline/health/watchdog.py",
    "pipeline/session.py",
    "recording/recording_thread.py",
    "pipeline/health/image_check.py",
    "pipeline/health/throughput_check.py",
    "sources/address.py",
    "sources/clip/clip_decoder.py",
    "sources/camera/live_camera.py",
    "sources/camera/network_stream.py",
    "sources/clip/video_file.py",
    "sources/camera/webcam.py",
    "alarms/audio_player.py",
    "alarms/quiet_hours.py",
    "alarms/channels/sound.py",
    "events/store.py",
    "recording/recorder.py",
    "recording/clip_writer.py",
    "classifiers/manifest.py",
    "pose/networks.py",
    "events/integrity.py",
    "dispatch/delivery_worker.py",
    "dispatch/notifications.py",
    "alarms/time_limit.py",
    "alarms/messages/apprise_messenger.py",
    "alarms/mqtt/link.py",
    "alarms/mqtt/messenger.py",
    "alarms/mqtt/remote.py",
    "doctor.py",
    "ui/player/reader.py",
    "ui/background/latest_task.py",
    "ui/cameras/preview.py",
)

#: Parts of sentences that are put together elsewhere, and words nobody sees.
_PIECES = (
    "INSERT INTO events ({0}) VALUES ({1}) ON CONFLICT (event_id) DO UPDATE SET ",
    "{0} = excluded.{1}",
    "This PC has: ",
    "{0} and the pose model judge {1} pictures a second{2}.",
    ", {0} for each of {1} cameras",
    "the data folder",
    "[bold]{0}:[/] {1}",
    "{0} {1}{2}",
    "{0} of {1} checks failed.",
    "All is well.",
    "{0} x {1}",
    "This is the self-test of fallwatch. Nothing has happened.",
    "fallwatch messages",
    "fallwatch messages {0}",
    "fallwatch mqtt",
    "fallwatch {0}",
    "{0} {1}",
    "{0} ({1})",
    "onnection error",
    "The connection to the broker",
    "The report to the broker",
    "The farewell to the broker",
    "A message of the broker",
    "The start of a connection to the broker",
    "{0} Then start fallwatch again.",
    "Only {0} pictures a second are analysed in {1}",
    "{0}, and a fall may be missed. {1}.",
    "no answer for {0} s",
    "fallwatch test",
    "fallwatch camera preview",
    "webcam {0}",
    "the file",
    "Not Fall",
)


@pytest.fixture
def german(qapp: QApplication) -> Iterator[None]:
    speak(qapp, "de")
    yield
    speak(qapp, "en")


@pytest.mark.parametrize("speaker", _SPEAKERS)
def test_every_sentence_is_known(speaker: str) -> None:
    known = {*TEXTS, *_PIECES}
    unknown = [text for text in _sentences(_ROOT / speaker) if text not in known]
    assert unknown == [], "add them to ui/told_texts.py, as they are spelt here, and translate them"


@pytest.mark.parametrize(
    ("english", "german_words"),
    [
        ("No new picture for 3 s.", "Seit 3 s kein neues Bild."),
        (
            "rtsp://10.0.0.7/a cannot be reached: nothing there listens on port 554. Check the "
            "port and the camera. Trying again.",
            "rtsp://10.0.0.7/a ist nicht erreichbar: Dort antwortet nichts am Port 554. Prüfen "
            "Sie den Port und die Kamera. Neuer Versuch läuft.",
        ),
        (
            "There is no webcam 3. This PC has: 0, 2.",
            "Es gibt keine Webcam 3. Dieser PC hat: 0, 2.",
        ),
        ("something nobody has heard of", "something nobody has heard of"),
        ("", ""),
    ],
)
def test_sentences_are_said_in_german(german: None, english: str, german_words: str) -> None:
    assert told(english) == german_words


def test_in_english_everything_stays_as_it_is(qapp: QApplication) -> None:
    speak(qapp, "en")
    assert told("No new picture for 3 s.") == "No new picture for 3 s."


def test_a_room_and_its_alarm_speak_german(german: None) -> None:
    status = MonitorStatus("Hall", MonitorState.STALLED, "No new picture for 12 s.", 0.0, 12.0)
    assert look_of(status).detail == "Seit 12 s kein neues Bild."
    alarm = Alarm(
        event_id="e1",
        camera="Hall",
        kind="fall",
        priority=Priority.HIGH,
        state=AlarmState.UNACKNOWLEDGED,
        started_utc="2026-03-02T12:00:00.000Z",
        score=0.9,
        evidence=("torso 71 degrees from upright", "classifier 93% for fallen"),
    )
    assert why(alarm) == "Warum: Rumpf 71 Grad aus der Senkrechten; Klassifikator: zu 93% gestürzt"
    assert step_words("triggered again (long_lie)") == "erneut ausgelöst: Liegt schon lange"
    assert step_words("acknowledged: false alarm") == "bestätigt: Fehlalarm"


def _sentences(path: Path) -> list[str]:
    """What a module says to people: its texts of several words, as patterns."""
    module = ast.parse(path.read_text(encoding="utf-8"))
    skipped = {id(part) for node in ast.walk(module) for part in _not_said(node)}
    found = []
    for node in ast.walk(module):
        text = None if id(node) in skipped else _pattern(node)
        if text is not None and " " in text.strip():
            found.append(text)
    return found


def _not_said(node: ast.AST) -> Iterator[ast.AST]:
    """Docstrings, the log, errors for programmers, SQL, and the insides of f-strings."""
    if isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant):
        yield node.value
    elif isinstance(node, ast.JoinedStr):
        yield from (part for part in ast.walk(node) if part is not node)
    elif isinstance(node, ast.Call):
        function = node.func
        name = function.attr if isinstance(function, ast.Attribute) else getattr(function, "id", "")
        holder = function.value if isinstance(function, ast.Attribute) else None
        is_log = isinstance(holder, ast.Name) and holder.id == "_log"
        if is_log or name in ("ValueError", "KeyError", "execute", "_select", "Thread", "Worker"):
            yield from (part for part in ast.walk(node) if part is not node)


def _pattern(node: ast.AST) -> str | None:
    if isinstance(node, ast.Constant) and isinstance(node.value, str):
        return node.value
    if not isinstance(node, ast.JoinedStr):
        return None
    text, places = "", 0
    for part in node.values:
        if isinstance(part, ast.Constant):
            text += str(part.value)
        else:
            text += f"{{{places}}}"
            places += 1
    return text
