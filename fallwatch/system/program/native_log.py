"""Keeps what native libraries write to standard error out of people's sight.

OpenCV, FFmpeg and Qt remark on cameras and clips on file descriptor 2, where Python's own messages
go too, and not all of them can be told to be silent. So Python keeps a copy of the descriptor for
itself, and descriptor 2 leads to a file that a bug report can carry.
"""

from __future__ import annotations

import faulthandler
import os
import sys
from pathlib import Path

from fallwatch.system.program.tolerant_stream import tolerant

#: The file begins again at a start that finds it larger than this.
_MAX_BYTES = 1_000_000

#: Name of the file in ``paths.cache_dir()``.
NATIVE_LOG = "native.log"


def divert_native_log(path: Path) -> None:
    """Lead file descriptor 2 to ``path``; ``sys.stderr`` goes on as before.

    Python's report of a crash in native code goes to ``sys.stderr`` too. Without effect where
    there is no standard error, as in a windowed program on Windows, or the file cannot be opened.
    """
    if sys.stderr is None:
        return
    try:
        visible = os.dup(2)
        mode = "wb" if path.exists() and path.stat().st_size > _MAX_BYTES else "ab"
        with path.open(mode) as file:
            sys.stderr.flush()
            os.dup2(file.fileno(), 2)
    except OSError:
        return
    stream = os.fdopen(visible, "w", buffering=1, encoding="utf-8", errors="backslashreplace")
    faulthandler.enable(stream)
    sys.stderr = tolerant(stream)
