"""Words for the computer that is measured, and the call that says what is being measured."""

from __future__ import annotations

import os
import platform
from collections.abc import Callable
from importlib import metadata
from pathlib import Path

#: Called with the step that is about to be measured.
OnStep = Callable[[str], None]


def machine_text() -> str:
    """Processor, cores, system and versions: without them a figure means nothing."""
    processor = platform.processor() or platform.machine()
    cpuinfo = Path("/proc/cpuinfo")
    if cpuinfo.exists():
        lines = cpuinfo.read_text(errors="replace").splitlines()
        names = [line.partition(":")[2].strip() for line in lines if line.startswith("model name")]
        processor = next(iter(names), processor)
    installed = {found.name: found.version for found in metadata.distributions()}
    versions = ", ".join(
        f"{name} {installed[name]}" for name in ("mediapipe", "openvino") if name in installed
    )
    return f"{processor}, cores: {os.cpu_count()}, {platform.system()}, {versions}"
