"""Files of a benchmark's results, written into a folder."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from fallwatch.bench.errors import BenchError


def write_files(folder: Path, files: Mapping[str, str]) -> None:
    """Write texts by their names; the folder is made if it is missing.

    Raises:
        BenchError: They cannot be written.
    """
    try:
        folder.mkdir(parents=True, exist_ok=True)
        for name, text in files.items():
            (folder / name).write_text(text, encoding="utf-8")
    except OSError as error:
        raise BenchError(
            f"The figures cannot be written to {folder} ({error.strerror}). Choose another folder."
        ) from error
