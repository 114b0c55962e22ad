"""A watcher without a window tells a real broker, and is killed without a farewell."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from tests.alarms.receivers import PASSWORD, USER, Broker, Eavesdropper
from tests.waiting import wait_until

# A busy computer plays a clip slower rather than skip a frame.
LONGEST_S = 200.0

pytestmark = pytest.mark.timeout(300)


def watch(broker: Broker, clip: Path) -> subprocess.Popen[str]:
    url = f"mqtt://{USER}@127.0.0.1:{broker.port}"
    options = ["--headless", "--realtime", "--mqtt", url]
    return subprocess.Popen(
        [sys.executable, "-m", "fallwatch", "watch", str(clip), *options],
        env=os.environ | {"FALLWATCH_MQTT_PASSWORD": PASSWORD},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


def falls(ear: Eavesdropper) -> list[str]:
    events = [json.loads(said) for topic, said in ear.heard if topic.endswith("/events")]
    return [str(event["event_id"]) for event in events if event["kind"] == "fall"]


def stations(ear: Eavesdropper) -> dict[str, bytes]:
    return {topic: said for topic, said in ear.latest.items() if topic.endswith("/status")}


def test_a_clip_s_fall_is_told_once_and_the_watcher_says_farewell(
    broker: Broker, ear: Eavesdropper, demo_fall: Path, fallwatch_home: Path
) -> None:
    with watch(broker, demo_fall) as process:
        printed, told = process.communicate(timeout=LONGEST_S)
    assert process.returncode == 0, told
    (event_id,) = {json.loads(line)["event_id"] for line in printed.splitlines()}
    assert falls(ear) == [event_id]
    wait_until(lambda: set(stations(ear).values()) == {b"offline"})
    about = [json.loads(said) for topic, said in ear.latest.items() if topic.endswith("/about")]
    assert [each["ended"] for each in about] == [True]
    # The clip is over, and its alarm with it.
    assert [said for topic, said in ear.latest.items() if topic.endswith(event_id)] == [b""]
    for path in fallwatch_home.rglob("*"):
        assert path.is_dir() or PASSWORD.encode() not in path.read_bytes(), path
    assert PASSWORD not in printed + told


def test_a_watcher_that_is_killed_is_offline_without_a_farewell(
    broker: Broker, ear: Eavesdropper, demo_fall: Path
) -> None:
    with watch(broker, demo_fall) as process:
        wait_until(lambda: set(stations(ear).values()) == {b"online"}, LONGEST_S)
        process.send_signal(signal.SIGKILL)
        process.communicate(timeout=LONGEST_S)
    wait_until(lambda: set(stations(ear).values()) == {b"offline"}, LONGEST_S)
    about = [json.loads(said) for topic, said in ear.latest.items() if topic.endswith("/about")]
    assert [each["ended"] for each in about] == [False]
