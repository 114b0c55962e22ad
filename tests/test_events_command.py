"""The record on the console fits 80 columns, in local time, with ids that can be typed."""

from __future__ import annotations

import time
from dataclasses import replace

import pytest
from typer.testing import CliRunner

from fallwatch import paths
from fallwatch.cli.events import _state as _in_words
from fallwatch.cli.events import events_app
from fallwatch.core.types import AlarmState
from fallwatch.events.store import STORE_FILE, EventStore
from tests.alarms.builders import make_alarm

IDS = ("3f2a9c10aaaabbbbccccddddeeeeffff", "3f2a9c77aaaabbbbccccddddeeeeffff",
       "b0b0b0b0aaaabbbbccccddddeeeeffff")  # fmt: skip


@pytest.fixture
def runner(monkeypatch: pytest.MonkeyPatch) -> CliRunner:
    monkeypatch.setenv("TZ", "Asia/Tokyo")
    monkeypatch.setenv("COLUMNS", "80")
    time.tzset()
    store = EventStore(paths.data_dir() / STORE_FILE)
    kinds = ("fall", "camera_lost", "on_floor")
    rooms = ("Living room", "Living room", "The long corridor beside the winter garden")
    for event_id, kind, room in zip(IDS, kinds, rooms, strict=True):
        store.add(
            make_alarm(event_id, kind=kind, camera=room, started_utc="2026-03-01T20:14:07.250Z")
        )
    store.close()
    return CliRunner()


def _state(event_id: str) -> AlarmState:
    store = EventStore(paths.data_dir() / STORE_FILE)
    alarm = store.get(event_id)
    store.close()
    assert alarm is not None
    return alarm.state


def test_the_list_fits_a_terminal_and_says_in_words_and_local_time_what_was(
    runner: CliRunner,
) -> None:
    done = runner.invoke(events_app, ["list"])
    assert done.exit_code == 0
    assert max(map(len, done.output.splitlines())) <= 80
    assert "2026-03-02 05:14" in done.output
    assert "Fall in Living room" in done.output
    assert "NOT ACKNOWLEDGED" in done.output


@pytest.mark.parametrize(
    ("kind", "by", "words"),
    [
        ("care_visit", "root", "begun by root"),
        ("care_visit_over", "root", "ended by root"),
        ("fall", "maria", "over, acknowledged by maria"),
        ("camera_lost", "condition cleared", "over, by condition cleared"),
    ],
)
def test_the_list_says_what_somebody_has_done(kind: str, by: str, words: str) -> None:
    alarm = make_alarm("one", kind=kind)
    assert _in_words(replace(alarm, state=AlarmState.CLOSED, acknowledged_by=by)) == words


def test_ids_are_as_short_as_they_can_be_without_meaning_two_events(runner: CliRunner) -> None:
    words = runner.invoke(events_app, ["list"]).output.split()
    assert {"3f2a9c1", "3f2a9c7", "b0b0b0"} <= set(words)


def test_an_id_is_acknowledged_as_it_is_shown(runner: CliRunner) -> None:
    done = runner.invoke(events_app, ["acknowledge", "3f2a9c1"])
    assert done.exit_code == 0
    assert [_state(each) for each in IDS] == [
        AlarmState.ACKNOWLEDGED, AlarmState.UNACKNOWLEDGED, AlarmState.UNACKNOWLEDGED,
    ]  # fmt: skip


@pytest.mark.parametrize(("typed", "words"), [("3f2a9c", "2 alarms"), ("ffff", "no alarm"),
                                              ("", "no alarm"), ("%", "no alarm")])  # fmt: skip
def test_what_means_several_alarms_or_none_acknowledges_nothing(
    runner: CliRunner, typed: str, words: str
) -> None:
    done = runner.invoke(events_app, ["acknowledge", typed])
    assert done.exit_code == 2
    assert words in done.output
    assert all(_state(each) is AlarmState.UNACKNOWLEDGED for each in IDS)
