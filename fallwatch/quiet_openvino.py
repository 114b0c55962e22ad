"""OpenVINO without its usage reports: nothing leaves this computer.

Its converter reports its use to its maker unless the user has opted out, and sets up for that as
soon as openvino is imported. It does without where the reporting package cannot be imported.
"""

from __future__ import annotations

import importlib
import sys
from types import ModuleType
from typing import Any

_REPORTER = "openvino_telemetry"


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


def _reports(module: ModuleType) -> bool:
    return getattr(getattr(module, "tm", None), "__name__", "") == _REPORTER
