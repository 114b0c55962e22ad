"""OpenVINO, without its converter and usage reports, and with one runtime for the whole process.

**Nothing leaves this computer.** Its converter reports its use to its maker unless the user has
opted out, and sets up for that as soon as it is imported. It does without where the reporting
package cannot be imported.

**The converter is imported by whoever converts**, which is `train`. `import openvino` alone brings
it along: half of the time that takes, and 9 MB of memory.

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
_CONVERTER = "openvino.tools.ovc"

_making = threading.Lock()
_importing = threading.Lock()


def import_openvino() -> Any:
    """The openvino package, without its converter, and with reporting switched off."""
    # None is Python's own way to say that a module cannot be imported.
    sys.modules[_REPORTER] = None  # type: ignore[assignment]
    with _importing:
        hidden = _CONVERTER not in sys.modules
        if hidden:
            sys.modules[_CONVERTER] = None  # type: ignore[assignment]
        try:
            return importlib.import_module("openvino")
        finally:
            if hidden:
                del sys.modules[_CONVERTER]


def import_converter() -> Any:
    """``openvino.tools.ovc``, whose ``convert_model`` reads other formats, without reporting."""
    import_openvino()
    converter = importlib.import_module(_CONVERTER)
    stub = importlib.import_module(f"{_CONVERTER}.telemetry_stub")
    # Somebody may have imported openvino before us.
    for name, module in list(sys.modules.items()):
        if name.startswith("openvino.tools.") and _reports(module):
            module.tm = stub  # type: ignore[attr-defined]
    return converter


def openvino_core() -> Any:
    """The one `openvino.Core` of this process, in which every network is read and compiled."""
    with _making:
        return _core()


@cache
def _core() -> Any:
    return import_openvino().Core()


def _reports(module: ModuleType) -> bool:
    return getattr(getattr(module, "tm", None), "__name__", "") == _REPORTER
