"""Keeps warnings and errors in a small file, for whoever is asked for help."""

from __future__ import annotations

import logging
from logging.handlers import RotatingFileHandler
from pathlib import Path

#: Name of the file in ``paths.cache_dir()``.
LOG_FILE = "fallwatch.log"

_MAX_BYTES = 500_000


def keep_log(path: Path) -> None:
    """Write warnings and errors of fallwatch to a file, too; the one before is kept.

    Where it cannot be written, nothing is kept.
    """
    try:
        handler = RotatingFileHandler(path, maxBytes=_MAX_BYTES, backupCount=1, encoding="utf-8")
    except OSError as error:
        logging.getLogger(__name__).warning("No log can be kept in %s (%s).", path, error)
        return
    handler.setLevel(logging.WARNING)
    handler.setFormatter(logging.Formatter("%(asctime)s %(levelname)s %(name)s: %(message)s"))
    root = logging.getLogger()
    # What goes to the terminal is as chatty as before; the file takes warnings, too.
    for known in root.handlers:
        known.setLevel(max(known.level, root.level))
    root.setLevel(min(root.level, logging.WARNING))
    root.addHandler(handler)
