"""``python -m tests.faults soak``: the real window, for hours."""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

import numpy as np

from fallwatch import paths
from fallwatch.events.store import STORE_FILE, EventStore
from fallwatch.settings import SETTINGS_FILE, CameraSettings, Settings, save_settings
from tests.faults.camera.servers import CameraProcess, prepare_clip, why_no_rtsp_server
from tests.faults.registry import Command
from tests.faults.report import Report, Row
from tests.repository import REPOSITORY

_FALLS, _EVERYDAY = "Hall (RTSP)", "Bedroom (file)"
#: Played forth and back: whoever fell gets up again before the next fall.
_FALL_CLIP_S = 24.0

#: What the promises allow.
_SLOPE_MB_H, _LAG_P99_MS, _SEEN_SHARE = 20.0, 100.0, 0.95
_CLOSED_WITHIN_S = 2.0


@dataclass(frozen=True, slots=True)
class Figures:
    """What a soak found.

    Attributes:
        minutes: How long it was watched.
        rss_first_mb: Memory when the settling time was over.
        rss_last_mb: Memory at the end.
        slope_mb_h: Megabytes an hour, fitted through what came after the settling time.
        settled_after_s: The settling time.
        threads: Fewest and most of the operating system's threads after the settling time.
        descriptors: Fewest and most open files and sockets after the settling time.
        lag_p50_ms: Middle lateness of the window's thread.
        lag_p99_ms: The lateness that one beat in a hundred exceeded.
        lag_max_ms: The worst.
        falls_expected: Times the clip with the fall was played in full while it was watched.
        falls_seen: Falls in the record, of the room where they happen.
        false_alarms: Falls and people on the floor in the record, of the other room, and more falls
            than were played.
        technical: Other alarms in the record, by kind.
        shutdown_s: How long closing took.
        left_running: Threads that were left then.
    """

    minutes: float
    rss_first_mb: float
    rss_last_mb: float
    slope_mb_h: float
    settled_after_s: float
    threads: tuple[int, int]
    descriptors: tuple[int, int]
    lag_p50_ms: float
    lag_p99_ms: float
    lag_max_ms: float
    falls_expected: int
    falls_seen: int
    false_alarms: int
    technical: dict[str, int]
    shutdown_s: float
    left_running: list[str]


def soak(seconds: float, settle_s: float, every_s: float = 5.0) -> Figures:
    """Watch a clip with a fall over RTSP, and one without from a file, for so long.

    Args:
        seconds: How long.
        settle_s: What the memory is not judged by: models load, caches fill.
        every_s: Time between two looks.

    Raises:
        RuntimeError: The program ended early.
    """
    with tempfile.TemporaryDirectory(prefix="fallwatch-soak-") as folder:
        home = Path(folder)
        demo = paths.resources_dir() / "demo"
        fall = demo / "demo_fall.mp4"
        clip = prepare_clip(fall, 640, 480, home / "fall.mp4", and_back=True)
        camera = CameraProcess("rtsp")
        camera.start(clip)
        try:
            _write_settings(home, camera.url(), demo / "demo_daily.mp4")
            lines = _run(home, seconds, every_s)
        finally:
            camera.kill()
        return figures(lines, _events(home), settle_s)


def _write_settings(home: Path, url: str, clip: Path) -> None:
    cameras = (
        CameraSettings(name=_FALLS, source=url),
        CameraSettings(name=_EVERYDAY, source=str(clip)),
    )
    config = home / "config"
    config.mkdir()
    settings = Settings(cameras=cameras, language="en")
    # Nobody near a computer that tests shall be woken.
    quiet = settings.alarm.model_copy(update={"sound_enabled": False})
    save_settings(settings.model_copy(update={"alarm": quiet}), config / SETTINGS_FILE)


def _run(home: Path, seconds: float, every_s: float) -> list[dict[str, object]]:
    """Run the program; tell on standard error once a minute how it fares."""
    environment = {**os.environ, "FALLWATCH_HOME": str(home), "QT_QPA_PLATFORM": "offscreen"}
    line = [sys.executable, "-m", "tests.faults.process._soak_app"]
    line += ["--seconds", str(seconds), "--every", str(every_s)]
    process = subprocess.Popen(
        line, cwd=REPOSITORY, env=environment, stdout=subprocess.PIPE, text=True
    )
    assert process.stdout is not None
    lines: list[dict[str, object]] = []
    told_s = time.monotonic()
    try:
        for text in process.stdout:
            lines.append(json.loads(text))
            if time.monotonic() - told_s >= 60:
                told_s = time.monotonic()
                shown = {k: v for k, v in lines[-1].items() if k != "late_ms"}
                sys.stderr.write(json.dumps(shown) + "\n")
        status = process.wait(20)
    finally:
        process.kill()
        process.stdout.close()
    if status != 0 or len(lines) < 3:
        raise RuntimeError(f"the program ended early, with status {status}")
    return lines


def _events(home: Path) -> list[tuple[str, str]]:
    """Room and kind of every alarm in the record."""
    store = EventStore(home / "data" / STORE_FILE)
    try:
        return [(alarm.camera, alarm.kind) for alarm in store.all()]
    finally:
        store.close()


def figures(
    lines: Sequence[dict[str, object]], events: Sequence[tuple[str, str]], settle_s: float
) -> Figures:
    """Work the figures out.

    Args:
        lines: What ``_soak_app`` told; the last is of its end.
        events: Room and kind of every alarm.
        settle_s: What the memory is not judged by; at most half of the time counts.
    """
    *looks, end = lines
    at_s = np.array([look["at_s"] for look in looks], float)
    at_s -= at_s[0]
    settle_s = min(settle_s, at_s[-1] / 2)
    settled = at_s >= settle_s
    rss = np.array([look["rss_mb"] for look in looks], float)[settled]
    slope, _ = np.polyfit(at_s[settled] / 3600, rss, 1)
    late = np.concatenate([np.asarray(look["late_ms"], float) for look in looks])
    watching = [dict(look["rooms"]).get(_FALLS) == "Monitoring" for look in looks]  # type: ignore[call-overload]
    watched_s = float(np.diff(at_s)[np.array(watching[1:], bool)].sum())
    falls = [kind for room, kind in events if room == _FALLS and kind == "fall"]
    false = [k for room, k in events if room == _EVERYDAY and k in ("fall", "on_floor")]
    expected = int(watched_s / _FALL_CLIP_S)
    # The fall that is under way at the beginning or the end may be one more.
    surplus = max(0, len(falls) - expected - 1)
    technical = [k for _, k in events if k not in ("fall", "on_floor", "long_lie", "recovered")]
    threads = np.array([look["threads"] for look in looks], int)[settled]
    descriptors = np.array([look["descriptors"] for look in looks], int)[settled]
    return Figures(
        minutes=round(float(at_s[-1]) / 60, 1),
        rss_first_mb=round(float(rss[:5].mean()), 1),
        rss_last_mb=round(float(rss[-5:].mean()), 1),
        slope_mb_h=round(float(slope), 1),
        settled_after_s=settle_s,
        threads=(int(threads.min()), int(threads.max())),
        descriptors=(int(descriptors.min()), int(descriptors.max())),
        lag_p50_ms=round(float(np.percentile(late, 50)), 1),
        lag_p99_ms=round(float(np.percentile(late, 99)), 1),
        lag_max_ms=round(float(late.max()), 1),
        falls_expected=expected,
        falls_seen=len(falls),
        false_alarms=len(false) + surplus,
        technical={kind: technical.count(kind) for kind in sorted(set(technical))},
        shutdown_s=float(str(end["shutdown_s"])),
        left_running=list(end["left_running"]),  # type: ignore[call-overload]
    )


def rows(found: Figures) -> tuple[Row, ...]:
    """The figures as promises."""
    how = f"a clip over RTSP and one from a file in the real window, {found.minutes:.0f} min"
    low_threads, high_threads = found.threads
    low_files, high_files = found.descriptors
    return (
        Row(
            "Memory does not grow",
            how,
            1,
            f"{found.slope_mb_h:+.1f} MB/h after {found.settled_after_s / 60:.0f} min "
            f"({found.rss_first_mb:.0f} to {found.rss_last_mb:.0f} MB)",
            found.slope_mb_h <= _SLOPE_MB_H,
        ),
        Row(
            "No thread and no descriptor is left over, and it closes within 2 s",
            how,
            1,
            f"{low_threads} to {high_threads} threads, {low_files} to {high_files} descriptors; "
            f"closed in {found.shutdown_s:.1f} s",
            high_threads - low_threads <= 8
            and high_files - low_files <= 12
            and not found.left_running
            and found.shutdown_s < _CLOSED_WITHIN_S,
        ),
        Row(
            "The window answers",
            how,
            1,
            f"late by {found.lag_p50_ms:.0f} ms (p50), {found.lag_p99_ms:.0f} ms (p99), "
            f"{found.lag_max_ms:.0f} ms at worst",
            found.lag_p99_ms <= _LAG_P99_MS,
        ),
        Row(
            "Every fall is seen, and nothing else",
            how,
            found.falls_expected,
            f"{found.falls_seen} of {found.falls_expected} falls, "
            f"{found.false_alarms} false alarms in the other room",
            found.falls_seen >= _SEEN_SHARE * found.falls_expected and found.false_alarms == 0,
        ),
    )


def _add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--hours", type=float, default=1.0, help="how long (1)")
    parser.add_argument(
        "--settle", type=float, default=60.0, help="minutes the memory is not judged by (60)"
    )


def _run_command(arguments: argparse.Namespace) -> Report:
    missing = why_no_rtsp_server()
    if missing:
        raise SystemExit(missing)
    found = soak(arguments.hours * 3600, arguments.settle * 60)
    return Report("soak", rows(found), asdict(found))


COMMAND = Command(
    "soak", "Watch two rooms in the real window for hours.", _add_arguments, _run_command
)
