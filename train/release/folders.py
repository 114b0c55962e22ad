"""Folders of weights, put in place whole."""

from __future__ import annotations

import shutil
from pathlib import Path


def put_in_place(draft: Path, target: Path) -> None:
    """Move a finished folder to where it belongs; an older one there is replaced."""
    target.parent.mkdir(parents=True, exist_ok=True)
    if target.exists():
        shutil.rmtree(target)
    shutil.move(draft, target)
