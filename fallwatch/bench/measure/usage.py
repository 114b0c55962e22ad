"""Processor time and memory of a process."""

from __future__ import annotations

import sys
import time
from dataclasses import dataclass
from pathlib import Path

_MEGABYTE = 1024 * 1024


@dataclass(frozen=True, slots=True)
class Cost:
    """Cost of some work.

    Attributes:
        wall_s: Wall-clock time.
        cpu_s: Processor time of the whole process, all threads together.
    """

    wall_s: float
    cpu_s: float


class Meter:
    """Measures cost from when it is made."""

    def __init__(self) -> None:
        self._wall_s, self._cpu_s = time.perf_counter(), time.process_time()

    def read(self) -> Cost:
        """The cost until now."""
        return Cost(time.perf_counter() - self._wall_s, time.process_time() - self._cpu_s)


def memory_mb() -> float | None:
    """Memory that this process has in use, in megabytes; None where the system hides it.

    What it has now on Linux, the most it ever had on macOS.
    """
    if sys.platform == "win32":
        return None
    import resource

    pages = Path("/proc/self/statm")
    if pages.exists():
        return int(pages.read_text().split()[1]) * resource.getpagesize() / _MEGABYTE
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / _MEGABYTE
