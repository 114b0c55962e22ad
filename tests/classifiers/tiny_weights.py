"""A weights folder with a network of a handful of numbers: brighter images are falls."""

from __future__ import annotations

import hashlib
import json
from pathlib import Path
from typing import Any

import numpy as np

from fallwatch.classifiers.preprocessing import IMAGENET_MEAN, IMAGENET_STD
from fallwatch.system.openvino_runtime import import_openvino

openvino = import_openvino()


def write_weights(folder: Path, variant: str = "tiny", outputs: int = 2) -> Path:
    """Write ``folder/variant`` and return it. Logits: mean brightness, its negative, zeros."""
    target = folder / variant
    target.mkdir(parents=True)
    ops = openvino.opset13
    image = ops.parameter([-1, 3, 64, 64], np.float32)
    mean = ops.reduce_mean(image, np.array([1, 2, 3], np.int64), keep_dims=False)
    column = ops.unsqueeze(mean, np.array([1], np.int64))
    row = np.zeros((1, outputs), dtype=np.float32)
    row[0, :2] = (3.0, -3.0)
    logits = ops.matmul(column, row, transpose_a=False, transpose_b=False)
    openvino.save_model(openvino.Model([logits], [image]), target / "model.xml")
    write_manifest(target)
    return target


def write_manifest(target: Path, **changes: Any) -> None:
    """Write the manifest, in place of any before, that fits the files, with changes."""
    manifest = {
        "format": 1,
        "variant": target.name,
        "classes": ["Fall", "Not Fall"],
        "input": {"side_px": 64, "mean_rgb": IMAGENET_MEAN, "std_rgb": IMAGENET_STD},
        "sha256": {
            name: hashlib.sha256((target / name).read_bytes()).hexdigest()
            for name in ("model.xml", "model.bin")
        },
    }
    (target / "model.json").write_text(json.dumps(manifest | changes))
