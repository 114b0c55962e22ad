"""Cache of predictions, by content of the clip, weights, settings and code.

A clip goes through the models once; judging it again takes its predictions from here.
"""

from __future__ import annotations

import hashlib
from pathlib import Path

import fallwatch
from fallwatch.system.program.own_command import is_bundle, program_path

_PACKAGE = Path(fallwatch.__file__).resolve().parent

#: The code that decides the poses of a clip. Most of ``core`` judges, and judging is not cached: it
#: is done again each time, from the predictions.
POSE_CODE = (
    "pose/*.py",
    "sources/clip/*.py",
    "sources/opencv.py",
    "core/features.py",
    "core/geometry.py",
    "core/logistic.py",
    "core/image_checks/motion_gate.py",
    "core/image_checks/rate.py",
    "evaluation/run/inference.py",
    "evaluation/run/clip_predictions.py",
    "evaluation/run/corruptions.py",
    "system/inference_device.py",
)

#: The code that decides what the classifier says of a person.
CLASSIFIER_CODE = (
    "classifiers/*.py",
    "pose/enhancement.py",
    "runtime/analyzers.py",
    "runtime/enhanced_crops.py",
    "system/inference_device.py",
)


def code_identity(patterns: tuple[str, ...]) -> str:
    """Checksum of the program text in these files of the package.

    A desktop bundle has no such files: there it is that of the whole program.
    """
    if is_bundle():
        return file_sha256(program_path())
    digest = hashlib.sha256()
    for pattern in patterns:
        for path in sorted(_PACKAGE.glob(pattern)):
            digest.update(path.relative_to(_PACKAGE).as_posix().encode() + b"\0")
            digest.update(path.read_bytes() + b"\0")
    return digest.hexdigest()


def judge_identity() -> str:
    """Checksum of the program text that decides what the judge makes of it; for the record."""
    return code_identity(("core/*.py", "core/judge/*.py", "core/presence/*.py"))


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


def predictions_path(folder: Path, clip_sha256: str, corruption: str, identity: str) -> Path:
    """File of the predictions for a clip.

    Args:
        folder: The cache.
        clip_sha256: Checksum of the clip's content.
        corruption: Name of the corruption of the clip's frames.
        identity: Weights, settings and code, as text.
    """
    text = "\n".join((clip_sha256, identity, corruption))
    return folder / f"{hashlib.sha256(text.encode()).hexdigest()}.npz"
