"""The command line as its user runs it: in a process of its own, on the bundled clips."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from tests.waiting import PATIENCE_S, within

pytestmark = pytest.mark.timeout(500)

KEYS = ["event_id", "camera", "kind", "started_utc", "clip_time_s", "score", "evidence"]


@pytest.fixture
def home(fallwatch_home: Path) -> Path:
    return fallwatch_home


def command(*arguments: str | Path) -> list[str]:
    return [sys.executable, "-m", "fallwatch", *map(str, arguments)]


def environment(home: Path) -> dict[str, str]:
    return os.environ | {"FALLWATCH_HOME": str(home), "COLUMNS": "100", "NO_COLOR": "1"}


def run(
    home: Path, *arguments: str | Path, timeout_s: float = 200
) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        command(*arguments),
        env=environment(home),
        capture_output=True,
        text=True,
        timeout=timeout_s,
        check=False,
    )


def lines(text: str) -> list[dict[str, Any]]:
    return [json.loads(line) for line in text.splitlines()]


def state_of(event_id: str, home: Path) -> str:
    listed = lines(run(home, "events", "list", "--json").stdout)
    (state,) = [each["state"] for each in listed if each["event_id"] == event_id]
    return str(state)


def test_the_demo_finds_its_fall_and_nothing_else(home: Path) -> None:
    done = run(home, "demo", "--headless")
    assert done.returncode == 0, done.stderr
    (event,) = lines(done.stdout)
    assert list(event) == KEYS
    assert event["kind"] == "fall"
    assert 2.5 <= event["clip_time_s"] <= 5.0
    assert "Fall found" in done.stderr


@pytest.mark.parametrize("clip", ["demo_daily", "demo_bed"])
def test_everyday_clips_raise_nothing(
    home: Path, clip: str, request: pytest.FixtureRequest
) -> None:
    done = run(home, "watch", "--headless", request.getfixturevalue(clip))
    assert done.returncode == 0, done.stderr
    assert done.stdout == ""


def test_the_same_clip_gives_the_same_events_twice(home: Path, demo_fall: Path) -> None:
    def verdict() -> list[dict[str, Any]]:
        found = lines(run(home, "watch", "--headless", demo_fall).stdout)
        return [{k: v for k, v in e.items() if k not in ("event_id", "started_utc")} for e in found]

    first = verdict()
    assert first
    assert first == verdict()


def test_a_clip_s_alarms_end_with_it_and_stay_in_the_record(home: Path, demo_fall: Path) -> None:
    (event,) = lines(run(home, "watch", "--headless", demo_fall).stdout)
    assert state_of(event["event_id"], home) == "closed"


@pytest.mark.parametrize(
    ("arguments", "expected"),
    [
        (["watch", "--headless", "no_such_clip.mp4"], "no_such_clip.mp4"),
        (["watch", "--headless", "977"], "977"),
        (["watch", "--headless", "rtsp://127.0.0.1:9/none"], "127.0.0.1"),
        (["watch", "--headless", "{clip}", "--variant", "nosuch"], "nosuch"),
        (["events", "acknowledge", "nosuch"], "nosuch"),
    ],
    ids=["missing file", "missing camera", "refused address", "unknown variant", "unknown event"],
)
def test_bad_input_is_one_sentence_and_exit_status_2(
    home: Path, arguments: list[str], expected: str, demo_daily: Path
) -> None:
    with within(15.0):
        done = run(home, *(part.format(clip=demo_daily) for part in arguments))
    assert done.returncode == 2, done.stderr
    assert done.stdout == ""
    assert expected in done.stderr
    assert "Traceback" not in done.stderr


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_a_signal_stops_a_running_watch_cleanly(
    home: Path, demo_daily: Path, number: signal.Signals
) -> None:
    process = subprocess.Popen(
        command("watch", "--headless", "--realtime", demo_daily),
        env=environment(home),
        stderr=subprocess.PIPE,
        text=True,
    )
    assert process.stderr is not None
    seen = ""
    while "running" not in seen:
        line = process.stderr.readline()
        assert line, seen
        seen += line
    process.send_signal(number)
    _, rest = process.communicate(timeout=PATIENCE_S)
    assert process.returncode == 0, rest
    assert "Traceback" not in rest


def test_an_alarm_survives_kill_9_and_sounds_again_at_the_next_start(
    tmp_path: Path, demo_fall: Path, demo_daily: Path
) -> None:
    process = subprocess.Popen(
        command("watch", "--headless", "--realtime", demo_fall),
        env=environment(tmp_path),
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
    )
    assert process.stdout is not None
    event = json.loads(process.stdout.readline())
    process.kill()
    process.communicate(timeout=PATIENCE_S)

    assert state_of(event["event_id"], tmp_path) == "unacknowledged"

    again = run(tmp_path, "watch", "--headless", demo_daily)
    assert event["event_id"] in again.stderr
    assert run(tmp_path, "events", "acknowledge", event["event_id"]).returncode == 0
    assert state_of(event["event_id"], tmp_path) == "acknowledged"


@pytest.mark.parametrize(
    "arguments", [["--help"], ["watch", "--help"], ["demo", "--help"], ["events", "--help"]]
)
def test_help_is_quick_and_teaches(home: Path, arguments: list[str]) -> None:
    done = run(home, *arguments)
    assert done.returncode == 0
    assert "Usage" in done.stdout
