"""Versions of what runs: what a report of a fault needs first."""

from __future__ import annotations

import platform
from importlib import metadata

from fallwatch import __version__


def version_line() -> str:
    """Version, Python, system and engine, in one line."""
    return (
        f"fallwatch {__version__} (Python {platform.python_version()}, {platform.system()} "
        f"{platform.release()} {platform.machine()}, OpenVINO {_installed('openvino')}, "
        f"Qt {_installed('PySide6-Essentials')})"
    )


def _installed(package: str) -> str:
    try:
        return metadata.version(package)
    except metadata.PackageNotFoundError:
        return "missing"
