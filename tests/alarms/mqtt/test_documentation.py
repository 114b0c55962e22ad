"""What the README tells owners of Home Assistant is what fallwatch says at the broker."""

from __future__ import annotations

import json
import re
from pathlib import Path

import fallwatch.alarms
from fallwatch.alarms.mqtt.discovery import discovery
from fallwatch.alarms.mqtt.topics import Topics, station_name

README = (Path(fallwatch.alarms.__path__[0]) / "README.md").read_text(encoding="utf-8")


def block(start: str) -> str:
    """The block of code that begins with a line."""
    found = re.search(rf"```\w*\n{re.escape(start)}.*?```", README, re.DOTALL)
    assert found is not None, f"no block begins with {start!r}"
    return found[0]


def entity_ids(room: str) -> set[str]:
    """What Home Assistant calls a room's entities: device and entity, with underscores between."""
    announced = discovery(
        Topics("fallwatch", "attic"), "homeassistant", room, "Attic", answers=True
    )
    found = set()
    for topic, payload in announced.items():
        config = json.loads(payload)
        name = f"{config['device']['name']} {config['name']}".lower()
        found.add(f"{topic.split('/')[1]}." + re.sub(r"[^a-z0-9]+", "_", name))
    return found


def test_the_example_automations_name_entities_that_exist() -> None:
    used = set(re.findall(r"\b(?:binary_sensor|image|button)\.fallwatch_\w+", block("automation:")))
    assert used == entity_ids("Kitchen")


def test_a_watcher_s_entity_is_named_as_told() -> None:
    used = set(re.findall(r"`(binary_sensor\.fallwatch_rtsp\w+)`", README))
    assert used
    assert used <= entity_ids("rtsp://10.0.0.7/one")


def test_the_example_lets_the_watcher_of_the_example_write() -> None:
    # A watcher of one room is a station of its own, see `Notifications`.
    assert "fallwatch watch rtsp://10.0.0.7/one --headless" in README
    station = station_name("attic-pc", "3f0a9c2e77b1", "rtsp://10.0.0.7/one")
    rules = block("# mosquitto.conf").split("\n\n")
    (watcher,) = [rule for rule in rules if "user watcher" in rule]
    assert f"topic readwrite fallwatch/{station}/#" in watcher


def test_home_assistant_may_acknowledge_and_delete_in_the_example() -> None:
    rules = block("# mosquitto.conf").split("\n\n")
    (allowed,) = [rule for rule in rules if "user homeassistant" in rule]
    topics = Topics("fallwatch", "+")
    assert "topic readwrite homeassistant/#" in allowed
    assert f"topic write {topics.acknowledge}" in allowed
    assert "topic write fallwatch/+/rooms/+/acknowledge" in allowed
    assert "readwrite fallwatch" not in allowed
