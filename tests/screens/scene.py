"""What the pictures of the screens show: demo clips judged for real, and invented events."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager
from dataclasses import dataclass, replace
from datetime import datetime, timedelta, timezone

from PySide6.QtWidgets import QWidget

from fallwatch import paths
from fallwatch.core.judge import evidence_text
from fallwatch.core.message import Message
from fallwatch.core.types import Alarm, AlarmState, Analysis, Priority
from fallwatch.pipeline.health.uptime import UptimeLog
from fallwatch.runtime.analyzers import build_analyzer
from fallwatch.runtime.clip_runner import analyze_clip
from fallwatch.settings import Settings
from fallwatch.sources.clip.video_file import VideoFileSource
from fallwatch.ui.style.theme import Theme
from fallwatch.ui.text.language import spoken

#: Clips of the rooms, and the second of each that is shown.
_MOMENTS = {"demo_fall": 5.2, "demo_daily": 6.0, "demo_bed": 9.5}


@dataclass(frozen=True, slots=True)
class Scene:
    """What there is to show.

    Attributes:
        moments: One analysis for each clip, by the clip's name.
        before: The analyses of the fall up to its moment.
    """

    moments: dict[str, Analysis]
    before: tuple[Analysis, ...]


#: What rooms and people are called in a German window.
_GERMAN = {
    "Living room": "Wohnzimmer",
    "Bedroom": "Schlafzimmer",
    "Hall": "Flur",
    "Kitchen": "Küche",
    "Anna's phone": "Annas Telefon",
    "The night nurse": "Die Nachtschwester",
    "The night nurse's phone": "Telefon der Nachtschwester",
}


def called(name: str) -> str:
    """What a room or somebody is called in the language that is spoken."""
    return _GERMAN.get(name, name) if spoken() == "de" else name


#: Shows one screen for as long as it is needed.
Screen = Callable[[Theme, Scene], AbstractContextManager[QWidget]]


def judge_clips() -> Scene:
    """Send the demo clips through the whole chain, up to the moments that are shown."""
    moments: dict[str, Analysis] = {}
    before: list[Analysis] = []
    for clip, until_s in _MOMENTS.items():
        analyzer = build_analyzer(clip, Settings())
        path = paths.resources_dir() / "demo" / f"{clip}.mp4"
        for analysis in analyze_clip(VideoFileSource(path), analyzer):
            if clip == "demo_fall":
                before.append(analysis)
            moments[clip] = analysis
            if analysis.frame.timestamp_s >= until_s:
                break
        analyzer.close()
    return Scene(moments, tuple(before))


def alarm_like(event_id: str, minutes_ago: float, **changes: object) -> Alarm:
    """A fall in the living room, or what differs from that."""
    began = datetime.now(timezone.utc) - timedelta(minutes=minutes_ago)
    base = Alarm(
        event_id=event_id,
        camera="Living room",
        kind="fall",
        priority=Priority.HIGH,
        state=AlarmState.CLOSED,
        started_utc=began.strftime("%Y-%m-%dT%H:%M:%S.000Z"),
        score=0.93,
        evidence=(
            evidence_text.head_came_down(0.8, 1.0, 1.4),
            evidence_text.torso_tilt(78.0),
            evidence_text.classifier_says(0.93),
        ),
    )
    alarm = replace(base, **changes)  # type: ignore[arg-type]
    return replace(alarm, camera=called(alarm.camera))


def some_events(*first: Alarm) -> list[Alarm]:
    """What has happened lately, newest first."""
    answered = alarm_like("", 310).started_utc
    return [
        *first,
        alarm_like("e2", 47, kind="camera_lost", priority=Priority.MEDIUM, camera="Hall"),
        alarm_like("e3", 312, acknowledged_by="maria", acknowledged_utc=answered),
        alarm_like("e4", 1530, kind="on_floor", camera="Bedroom", acknowledged_by="jo"),
    ]


def some_logs() -> dict[str, UptimeLog]:
    """Two rooms since eight o'clock, one of them with a camera that was unplugged."""
    begin = datetime.now().astimezone().replace(hour=8, minute=0, second=0)
    logs = {called("Living room"): UptimeLog(), called("Hall"): UptimeLog()}
    reason = Message("No new image for {0} s.", (3,))
    for name, log in logs.items():
        for second in range(0, 3600, 4):
            lost = name == called("Hall") and 1200 <= second < 1330
            log.look(not lost, reason, begin + timedelta(seconds=second))
    return logs
