"""Discovery by Home Assistant: one device for each room, with its sensors. Pure."""

from __future__ import annotations

import json

from fallwatch.alarms.mqtt.topics import Topics, short_name

#: A room whose computer says nothing for so long is shown as unavailable.
EXPIRES_AFTER_S = 120

#: What the button sends.
PRESSED = "ACKNOWLEDGE"


def discovery(
    topics: Topics, prefix: str, room: str, station: str, *, answers: bool
) -> dict[str, str]:
    """The messages that make a room known, to be retained: topic and JSON.

    Args:
        topics: Of the room's station.
        prefix: Where Home Assistant looks.
        room: The room's name.
        station: The station's name for people.
        answers: Whether alarms may be answered from there.
    """
    # Two underscores, which neither part has: no station and room are taken for two others.
    node = f"fallwatch_{topics.station}__{short_name(room)}".replace("-", "_")
    common: dict[str, object] = {
        "availability_topic": topics.status,
        "device": {
            "identifiers": [node],
            "name": f"fallwatch {room}",
            "manufacturer": "fallwatch",
            "model": f"room watched by {station}",
        },
        "origin": {"name": "fallwatch"},
    }
    entities: dict[str, tuple[str, dict[str, object]]] = {
        "fall": ("binary_sensor", _sensor(topics, room, "fall", "Fall", "safety")),
        "on_floor": ("binary_sensor", _sensor(topics, room, "on_floor", "On the floor", "safety")),
        "bed_exit": ("binary_sensor", _sensor(topics, room, "bed_exit", "Out of bed", "occupancy")),
        "problem": (
            "binary_sensor",
            _sensor(topics, room, "problem", "Not watched", "problem")
            | {"entity_category": "diagnostic"},
        ),
        "snapshot": (
            "image",
            {
                "name": "Last alarm",
                "image_topic": topics.snapshot(room),
                "content_type": "image/jpeg",
            },
        ),
    }
    if answers:
        entities["acknowledge"] = (
            "button",
            {
                "name": "Acknowledge",
                "command_topic": topics.room_acknowledge(room),
                "payload_press": PRESSED,
                "qos": 1,
            },
        )
    return {
        f"{prefix}/{kind}/{node}/{key}/config": json.dumps(
            entity | common | {"unique_id": f"{node}_{key}"},
            ensure_ascii=False,
        )
        for key, (kind, entity) in entities.items()
    }


def _sensor(topics: Topics, room: str, key: str, name: str, device_class: str) -> dict[str, object]:
    return {
        "name": name,
        "device_class": device_class,
        "state_topic": topics.state(room),
        "value_template": f"{{{{ value_json.{key} }}}}",
        "json_attributes_topic": topics.state(room),
        "expire_after": EXPIRES_AFTER_S,
    }
