"""OpenVINO, without its usage reports and with one runtime for the whole process.

**Nothing leaves this computer.** Its converter reports its use to its maker unless the user has
opted out, and sets up for that as soon as openvino is imported. It does without where the
reporting package cannot be imported.

**The runtime is never let go.** Its CPU plugin gives the thread that first compiles a network
a stack for signals, and frees that stack with the last network. Freed on another thread, it stays
in use: the next Ctrl-C or SIGTERM, whose handlers Python runs on it, kills the process.
(Seen with OpenVINO 2026.4 on Linux.)
"""

from __future__ import annotations

import importlib
import sys
import threading
from functools import cache
from types import ModuleType
from typing import Any

_REPORTER = "openvino_telemetry"

_making = threading.Lock()


def import_openvino() -> Any:
    """The openvino package, with reporting switched off for this process."""
    # None is Python's own way to say that a module cannot be imported.
    sys.modules[_REPORTER] = None  # type: ignore[assignment]
    openvino = importlib.import_module("openvino")
    stub = importlib.import_module("openvino.tools.ovc.telemetry_stub")
    # The app's classifier may have imported openvino before us.
    for name, module in list(sys.modules.items()):
        if name.startswith("openvino.tools.") and _reports(module):
            module.tm = stub  # type: ignore[attr-defined]
    return openvino


def openvino_core() -> Any:
    """The one `openvino.Core` of this process, in which every network is read and compiled."""
    with _making:
        return _core()


@cache
def _core() -> Any:
    return import_openvino().Core()


def _reports(module: ModuleType) -> bool:
    return getattr(getattr(module, "tm", None), "__name__", "") == _REPORTER
