"""Measurement of the window with some cameras, in a process of its own and off screen."""

from __future__ import annotations

import json
import os
import subprocess
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path

from fallwatch.bench.errors import BenchError
from fallwatch.settings import SETTINGS_FILE, CameraSettings, Settings, save_settings
from fallwatch.system.program.own_command import own_command

_PROBE = "fallwatch.bench.measure.window_probe"

#: A window that takes so much longer than it is to be watched will never be done.
_PATIENCE_S = 300.0


@dataclass(frozen=True, slots=True)
class WindowFigures:
    """Measurements of a window with some cameras.

    Attributes:
        first_paint_s: From the start of the process to something on the screen.
        first_decision_s: From the start of the process to the first verdict.
        capture_to_paint_s: From a camera having a frame to its being on the screen, each time.
        paint_ms: Processor milliseconds for painting one frame with its overlay: the median.
        stalled_paint_s: From the request to the painted frame, while the analysis hangs.
        cpu_s: Processor seconds, while cameras were watched.
        wall_s: Seconds for which they were watched.
        memory_mb: In use at the end; None if unknown.
    """

    first_paint_s: float
    first_decision_s: float
    capture_to_paint_s: tuple[float, ...]
    paint_ms: float
    stalled_paint_s: tuple[float, ...]
    cpu_s: float
    wall_s: float
    memory_mb: float | None


def measure_window(
    clip: Path, cameras: int, seconds: float, weights_dir: Path, variant: str
) -> WindowFigures:
    """Open a window off screen with cameras that play a clip, and watch it for a while.

    Raises:
        BenchError: It did not come up.
    """
    with tempfile.TemporaryDirectory(prefix="fallwatch-bench-") as home:
        rooms = tuple(
            CameraSettings(name=f"Room {n + 1}", source=str(clip.resolve())) for n in range(cameras)
        )
        settings = Settings(variant=variant, cameras=rooms)
        silent = settings.alarm.model_copy(update={"sound_enabled": False})
        save_settings(
            settings.model_copy(update={"alarm": silent}), Path(home) / "config" / SETTINGS_FILE
        )
        command = own_command(repr(time.time()), str(seconds), str(weights_dir), module=_PROBE)
        line = _last_line(command, home, seconds + _PATIENCE_S)
    answer = json.loads(line)
    for key in ("capture_to_paint_s", "stalled_paint_s"):
        answer[key] = tuple(answer[key])
    return WindowFigures(**answer)


def _last_line(command: list[str], home: str, timeout_s: float) -> str:
    environment = {**os.environ, "FALLWATCH_HOME": home, "QT_QPA_PLATFORM": "offscreen"}
    try:
        done = subprocess.run(
            command, env=environment, capture_output=True, text=True, check=False, timeout=timeout_s
        )
    except subprocess.TimeoutExpired:
        raise BenchError(f"The window was not done after {timeout_s:.0f} s.") from None
    lines = done.stdout.splitlines()
    if done.returncode != 0 or not lines:
        reason = "".join(done.stderr.strip().splitlines()[-1:]) or "no reason given"
        raise BenchError(f"The window could not be measured: {reason}")
    return lines[-1]
