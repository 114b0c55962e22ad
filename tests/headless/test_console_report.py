"""The console shows events, states and technical alarms of one or several rooms."""

from __future__ import annotations

import io
import json
import re
from dataclasses import replace
from pathlib import Path
from typing import cast

import pytest
import typer
from rich.console import Console
from typer.testing import CliRunner

from fallwatch.cli.web import web
from fallwatch.core.message import Message, plain
from fallwatch.core.types import Box, EventKind, FallEvent
from fallwatch.dispatch.event_report import RaisedEvent
from fallwatch.headless.command import HeadlessResult, _Session
from fallwatch.headless.console_report import ConsoleReport
from fallwatch.pipeline.monitor import MonitorState, MonitorStatus
from fallwatch.settings import Settings
from fallwatch.web.access.devices import Role
from fallwatch.web.page_service import PageService
from tests.ui.fakes import alarm, analysis
from tests.ui.settings.test_phone_page import Served


@pytest.fixture
def words() -> io.StringIO:
    return io.StringIO()


@pytest.fixture
def report(words: io.StringIO) -> ConsoleReport:
    return ConsoleReport(Console(file=words, width=200))


def status(state: MonitorState, camera: str = "Hall", message: str = "") -> MonitorStatus:
    return MonitorStatus(camera, state, plain(message), 15.0, 0.1)


def raised(kind: EventKind, camera: str = "Hall") -> RaisedEvent:
    event = FallEvent(kind, camera, 1, 2.5, 3.0, 0.9, (Message("fast descent"),), Box(0, 0, 1, 1))
    return RaisedEvent(event, alarm(camera=camera, kind=kind.value), analysis())


def test_an_event_is_one_json_line_and_words(
    report: ConsoleReport, words: io.StringIO, capsys: pytest.CaptureFixture[str]
) -> None:
    report.on_event(raised(EventKind.FALL))
    line = json.loads(capsys.readouterr().out)
    assert list(line) == ["event_id", "camera", "kind", "started_utc", "score", "evidence"]
    assert (line["camera"], line["kind"], line["evidence"]) == ("Hall", "fall", ["fast descent"])
    assert "fall at 2.5 s: fast descent" in words.getvalue()


def test_a_clip_s_event_says_when_in_the_clip(
    report: ConsoleReport, capsys: pytest.CaptureFixture[str]
) -> None:
    event = raised(EventKind.FALL)
    report.on_event(replace(event, alarm=replace(event.alarm, from_clip=True)))
    assert json.loads(capsys.readouterr().out)["clip_time_s"] == 2.5


def test_each_change_of_a_room_s_state_is_one_line(
    report: ConsoleReport, words: io.StringIO
) -> None:
    for state in (MonitorState.STARTING, MonitorState.RUNNING, MonitorState.RUNNING):
        report.on_status(status(state))
        report.on_status(status(state, "Kitchen"))
    report.on_status(status(MonitorState.STALLED, message="No new frame."))
    assert words.getvalue().splitlines() == [
        "Hall: running",
        "Kitchen: running",
        "Hall: stalled: No new frame.",
    ]


def test_a_technical_alarm_is_shown_once(report: ConsoleReport, words: io.StringIO) -> None:
    lost = alarm("lost", kind="camera_lost", evidence=(Message("No new frame."),))
    report.on_alarms((lost,))
    report.on_alarms((lost, alarm("fall")))
    assert words.getvalue() == "! Hall: No new frame.\n"


def test_what_an_earlier_run_left_is_shown(report: ConsoleReport, words: io.StringIO) -> None:
    report.open_at_start((alarm("one"), alarm("two", kind="camera_lost")))
    assert "Not yet acknowledged: fall in Hall" in words.getvalue()
    assert "camera_lost" not in words.getvalue()


def test_the_end_of_a_room_counts_its_alarms_alone(
    report: ConsoleReport, words: io.StringIO, capsys: pytest.CaptureFixture[str]
) -> None:
    for event in (
        raised(EventKind.FALL),
        raised(EventKind.RECOVERED),
        raised(EventKind.FALL, "Kitchen"),
    ):
        report.on_event(event)
    report.end("Hall")
    assert words.getvalue().splitlines()[-1] == "Hall: 1 alarm"
    assert capsys.readouterr().out.count("\n") == 3


def test_a_fingerprint_is_printed_as_it_is(monkeypatch: pytest.MonkeyPatch) -> None:
    screen = io.StringIO()
    monkeypatch.setattr("sys.stderr", screen)
    monkeypatch.setenv("COLUMNS", "200")
    session = _Session(Settings(), None)
    page = session._page
    monkeypatch.setattr(PageService, "address", "https://localhost:8765")
    monkeypatch.setattr(PageService, "fingerprint", "61:34:CD:2E:ON:OK")
    session._report.page(page)
    assert "61:34:CD:2E:ON:OK" in screen.getvalue()


@pytest.mark.parametrize("pair", [None, "look", "administer"])
def test_a_code_for_one_more_phone_is_printed_where_it_is_asked_for(
    report: ConsoleReport, words: io.StringIO, tmp_path: Path, pair: Role | None
) -> None:
    served = Served(tmp_path)
    served.devices.add("Anna", "administer")
    report.page(cast("PageService", served), pair)
    found = re.search(r"enter (\d{6}) ", words.getvalue())
    assert (found is not None) is (pair is not None)
    if found is not None:
        assert served.pairing.redeem(found[1], "10.0.0.7") == pair


def test_it_is_said_if_no_phone_reaches_the_page(
    report: ConsoleReport, words: io.StringIO, tmp_path: Path
) -> None:
    report.page(cast("PageService", Served(tmp_path, "https://localhost:8765")))
    assert "--network" in words.getvalue()


def test_the_command_line_hands_the_role_on(monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[object] = []

    def run_all(*_: object, pair: object, **__: object) -> HeadlessResult:
        asked.append(pair)
        return HeadlessResult()

    monkeypatch.setattr("fallwatch.headless.command.run_all", run_all)
    app = typer.Typer()
    app.command()(web)
    for line in ([], ["--pair", "look"]):
        assert CliRunner().invoke(app, line).exit_code == 0
    assert asked == [None, "look"]
