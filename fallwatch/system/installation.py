"""The identity of this installation: a random name, made once and kept beside the settings.

Host names repeat: two computers of the same name must not speak as one at the broker.
"""

from __future__ import annotations

import contextlib
import logging
import os
import re
import tempfile
from pathlib import Path
from uuid import uuid4

_log = logging.getLogger(__name__)

#: Name of the file in ``paths.config_dir()``.
INSTALLATION_FILE = "installation-id"

_IDENTITY = re.compile(r"[0-9a-f]{12}")

# More than the file has: whatever else lies there is not read in.
_MAX_BYTES = 100


def installation_id(path: Path) -> str:
    """Twelve hexadecimal digits that no other installation has; the same after every start.

    A file that cannot be kept costs that: the identity then holds for this run alone.

    Args:
        path: The file; it is made at the first call. Of two processes that make it at the same
            time, both get the same.
    """
    known = _read(path)
    if known is not None:
        return known
    made = uuid4().hex[:12]
    try:
        return _keep(path, made)
    except OSError as error:
        _log.error("The identity of this computer cannot be kept in %s (%s).", path, error)
        return made


def _read(path: Path) -> str | None:
    try:
        with path.open("rb") as file:
            text = file.read(_MAX_BYTES).decode("ascii", "replace").strip()
    except OSError:
        return None
    return text if _IDENTITY.fullmatch(text) else None


def _keep(path: Path, made: str) -> str:
    """Write it whole or not at all; returns what is in the file then."""
    path.parent.mkdir(parents=True, exist_ok=True)
    handle, name = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}-")
    try:
        with os.fdopen(handle, "w", encoding="ascii") as file:
            file.write(f"{made}\n")
            file.flush()
            os.fsync(file.fileno())
        if path.exists():
            Path(name).replace(path)  # It is damaged.
        else:
            _put(Path(name), path)
    finally:
        with contextlib.suppress(OSError):
            Path(name).unlink(missing_ok=True)
    return _read(path) or made


def _put(new: Path, path: Path) -> None:
    """Give the file its name, unless another process was first."""
    try:
        os.link(new, path)
    except FileExistsError:
        return
    except OSError:  # A file system without links, such as that of a stick.
        new.replace(path)
