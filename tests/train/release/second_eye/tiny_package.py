"""An npm package with a network that says the same of every image."""

from __future__ import annotations

import base64
import hashlib
import io
import json
import tarfile
from pathlib import Path

import numpy as np

from tests.train.release.tfjs.tiny_graph import TinyGraph
from train.release.tfjs.graph import Array

MIT = b"MIT License\r\n\r\nCopyright (c) 2021 Somebody\r\n"


def write_package(path: Path, files: dict[str, bytes]) -> str:
    """Write an npm package; returns its checksum as npm states it."""
    with tarfile.open(path, "w:gz") as archive:
        for name, content in files.items():
            entry = tarfile.TarInfo(f"package/{name}")
            entry.size = len(content)
            archive.addfile(entry, io.BytesIO(content))
    digest = hashlib.sha512(path.read_bytes()).digest()
    return f"sha512-{base64.b64encode(digest).decode()}"


def network_files(people: Array) -> dict[str, bytes]:
    """Files of a network whose output is this, whatever its input."""
    graph = TinyGraph()
    graph.node("floats", "Cast", "input", DstT="DT_FLOAT")
    graph.constant("all", np.arange(4, dtype=np.int32))
    graph.node("brightest", "Max", "floats", "all", keep_dims=False)
    graph.constant("nothing", np.array(0, np.float32))
    graph.node("zero", "Mul", "brightest", "nothing")
    graph.constant("people", people.astype(np.float32), half=True)
    graph.node("said", "AddV2", "zero", "people")
    description = graph.description()
    description["weightsManifest"][0]["paths"] = ["movenet-multipose.bin"]
    return {
        "models/movenet-multipose.json": json.dumps(description).encode(),
        "models/movenet-multipose.bin": graph.shard,
        "LICENSE": MIT,
    }
