"""Clips as files: what file dialogs offer, and what was dropped on the window."""

from __future__ import annotations

from PySide6.QtCore import QMimeData

from fallwatch.evaluation.clips.clip_files import CLIP_SUFFIXES

#: What file dialogs offer as clips; any other file may still be chosen under "all files".
CLIP_PATTERNS = " ".join(f"*{ending}" for ending in sorted(CLIP_SUFFIXES))


def dropped_file(mime: QMimeData) -> str | None:
    """Path of the first local file of something dragged here; None if there is none."""
    return next((url.toLocalFile() for url in mime.urls() if url.isLocalFile()), None)
