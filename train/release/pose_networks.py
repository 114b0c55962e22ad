"""MediaPipe's BlazePose networks, turned into the format that fallwatch runs.

They lie in mediapipe's wheel as TensorFlow Lite files. OpenVINO stores them anew, without the
outputs that fallwatch does not ask for. Weights stay in the 16 bits that MediaPipe ships them in.
"""

from __future__ import annotations

import hashlib
import tempfile
import zipfile
from importlib import metadata
from pathlib import Path
from typing import Any

import numpy as np

from fallwatch.pose.network_folder import MANIFEST_FILE, NetworkManifest, network_files
from fallwatch.pose.networks import FOLDER, NETWORKS, OUTPUTS, PoseModelError, with_outputs
from fallwatch.system.openvino_runtime import import_openvino, openvino_core
from train.errors import TrainError
from train.release.folders import put_in_place

#: The release that carries the networks; later ones fetch them from the network.
MEDIAPIPE = "0.10.21"

#: The networks in mediapipe's wheel, in the order of `NETWORKS`.
_IN_WHEEL = (
    "mediapipe/modules/pose_detection/pose_detection.tflite",
    "mediapipe/modules/pose_landmark/pose_landmark_full.tflite",
)
_LICENCE = f"mediapipe-{MEDIAPIPE}.dist-info/LICENSE"
_LICENCE_FILE = "LICENSE.txt"

#: Largest difference from MediaPipe's networks that is let through; their outputs are in pixels.
MAX_DIFFERENCE = 0.01

#: Random images on which they are compared.
_CHECKS = 4


def convert_pose_networks(wheel: Path | None, weights_dir: Path) -> dict[str, float]:
    """Write ``<weights_dir>/blazepose``; an older folder of that name is replaced.

    Args:
        wheel: mediapipe's wheel; None: the mediapipe that is installed.
        weights_dir: Where the folder goes.

    Returns:
        The largest difference found from MediaPipe's, for each network.

    Raises:
        TrainError: There is no such mediapipe, or the networks differ; nothing is written.
    """
    sources = _from_wheel(wheel) if wheel is not None else _from_installation()
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as scratch:
        draft = Path(scratch) / FOLDER
        draft.mkdir()
        differences = {}
        for name, source, outputs in zip(NETWORKS, _IN_WHEEL, OUTPUTS, strict=True):
            original = Path(scratch) / f"{name}.tflite"
            original.write_bytes(sources[source])
            differences[name] = _convert(original, draft / network_files(name)[0], outputs)
        (draft / _LICENCE_FILE).write_bytes(sources[_LICENCE])
        _write_manifest(draft, sources, differences)
        put_in_place(draft, weights_dir / FOLDER)
    return differences


def _from_wheel(wheel: Path) -> dict[str, bytes]:
    try:
        with zipfile.ZipFile(wheel) as archive:
            return {name: archive.read(name) for name in (*_IN_WHEEL, _LICENCE)}
    except (OSError, KeyError, zipfile.BadZipFile) as error:
        raise TrainError(
            f"{wheel} is no wheel of mediapipe {MEDIAPIPE} ({error}). Fetch it by: pip download "
            f"--no-deps mediapipe=={MEDIAPIPE}"
        ) from error


def _from_installation() -> dict[str, bytes]:
    # Found without importing it: that takes seconds and 100 MB.
    try:
        installed = metadata.distribution("mediapipe")
        if installed.version != MEDIAPIPE:
            raise TrainError(
                f"mediapipe {installed.version} is installed, but only {MEDIAPIPE} carries the "
                f"networks. Run: pip install mediapipe=={MEDIAPIPE}, or give --wheel."
            )
        return {
            name: Path(str(installed.locate_file(name))).read_bytes()
            for name in (*_IN_WHEEL, _LICENCE)
        }
    except (metadata.PackageNotFoundError, OSError) as error:
        raise TrainError(
            f"mediapipe {MEDIAPIPE} is not installed, or not whole ({error}). Run: pip install "
            f"--force-reinstall mediapipe=={MEDIAPIPE}, or give --wheel."
        ) from error


def _convert(source: Path, target: Path, outputs: tuple[tuple[int, ...], ...]) -> float:
    """Store a network; returns how far its outputs are from the original's at most."""
    core = openvino_core()
    try:
        original = with_outputs(core.read_model(source), outputs)
        import_openvino().save_model(original, target, compress_to_fp16=True)
        difference = _largest_difference(original, core.read_model(target))
    except (RuntimeError, PoseModelError) as error:
        raise TrainError(
            f"OpenVINO cannot convert {source.name}: {str(error).strip().splitlines()[-1]}"
        ) from error
    if not difference < MAX_DIFFERENCE:
        raise TrainError(
            f"The converted {source.stem} differs from MediaPipe's by up to {difference:.4f}; the "
            f"limit is {MAX_DIFFERENCE}. Nothing was written. Check the version of openvino."
        )
    return difference


def _largest_difference(original: Any, stored: Any) -> float:
    settings = {"INFERENCE_PRECISION_HINT": "f32", "INFERENCE_NUM_THREADS": 1}
    core = openvino_core()
    requests = [
        core.compile_model(model, "CPU", settings).create_infer_request()
        for model in (original, stored)
    ]
    rng = np.random.default_rng(0)
    largest = 0.0
    for _ in range(_CHECKS):
        image = rng.random(tuple(original.input(0).shape), dtype=np.float32)
        ours, theirs = (request.infer({0: image}).to_tuple() for request in requests)
        largest = max(
            largest,
            *(float(np.abs(a - b).max()) for a, b in zip(ours, theirs, strict=True)),
        )
    return largest


def _write_manifest(folder: Path, sources: dict[str, bytes], differences: dict[str, float]) -> None:
    manifest = NetworkManifest(
        name=FOLDER,
        networks=NETWORKS,
        sha256={
            path.name: hashlib.sha256(path.read_bytes()).hexdigest()
            for path in sorted(folder.iterdir())
        },
        licence="Apache-2.0",
        licence_file=_LICENCE_FILE,
        origin={
            "package": "mediapipe",
            "version": MEDIAPIPE,
            "authors": "The MediaPipe Authors",
            "sha256": {name: hashlib.sha256(sources[name]).hexdigest() for name in _IN_WHEEL},
        },
        made={
            "command": "python -m train pose-networks",
            "changes": "Stored in OpenVINO's format with weights in 16 bits. The outputs for the "
            "mask of the body and for the pose in metres were left out.",
            "versions": {"openvino": metadata.version("openvino")},
            "largest_difference": differences,
        },
    )
    text = manifest.model_dump_json(indent=2)
    (folder / MANIFEST_FILE).write_text(text + "\n", encoding="utf-8")
