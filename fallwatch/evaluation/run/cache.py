"""What was looked at once is not looked at again: memories by content of clip, weights and code."""

from __future__ import annotations

import hashlib
from pathlib import Path

import fallwatch

_PACKAGE = Path(fallwatch.__file__).resolve().parent

#: What decides what the models say of a clip. The rest of ``core`` judges, and judging is not
#: cached: it is done anew each time, from memory.
_CODE = (
    "pose/*.py",
    "classifiers/*.py",
    "sources/clip/*.py",
    "sources/opencv.py",
    "core/geometry.py",
    "core/judge/logistic.py",
    "core/image_checks/rate.py",
    "evaluation/run/inference.py",
    "evaluation/run/clip_predictions.py",
    "evaluation/run/corruptions.py",
)


def code_identity(patterns: tuple[str, ...] = _CODE) -> str:
    """Checksum of the program text that decides what the models say of a clip."""
    digest = hashlib.sha256()
    for pattern in patterns:
        for path in sorted(_PACKAGE.glob(pattern)):
            digest.update(path.relative_to(_PACKAGE).as_posix().encode() + b"\0")
            digest.update(path.read_bytes() + b"\0")
    return digest.hexdigest()


def judge_identity() -> str:
    """Checksum of the program text that decides what is made of it; for the record."""
    return code_identity(("core/*.py", "core/judge/*.py"))


def file_sha256(path: Path) -> str:
    """Checksum of a file's content.

    Raises:
        OSError: It cannot be read.
    """
    digest = hashlib.sha256()
    with path.open("rb") as file:
        while block := file.read(1 << 20):
            digest.update(block)
    return digest.hexdigest()


def memory_path(folder: Path, clip_sha256: str, identity: str, stress: str) -> Path:
    """Where the memory of a clip lies.

    Args:
        folder: The cache.
        clip_sha256: Content of the clip.
        identity: Weights, settings and code, as text.
        stress: What was done to the pictures.
    """
    text = "\n".join((clip_sha256, identity, stress))
    return folder / f"{hashlib.sha256(text.encode()).hexdigest()}.npz"
