"""TensorFlow.js graph models of a few nodes, written as its converter writes them."""

from __future__ import annotations

import base64
import json
from typing import Any

import numpy as np

from train.release.tfjs.graph import Array, Graph, read_graph

SHARD = "tiny.bin"

_KINDS = {"float32": "DT_FLOAT", "int32": "DT_INT32", "bool": "DT_BOOL"}


class TinyGraph:
    """A graph model in the making; its input is called ``input``, its first output ``output_0``."""

    def __init__(self) -> None:
        self.nodes: list[dict[str, Any]] = []
        self.entries: list[dict[str, Any]] = []
        self.shard = b""
        self.outputs: list[str] = []
        self.node("input", "Placeholder", dtype="DT_INT32")

    def node(self, name: str, operator: str, *inputs: str, **attributes: Any) -> str:
        """Add an operation. A word that begins with DT_ is a type."""
        attr = {key: _attribute(value) for key, value in attributes.items()}
        self.nodes.append({"name": name, "op": operator, "input": list(inputs), "attr": attr})
        return name

    def constant(self, name: str, numbers: Array, *, half: bool = False) -> str:
        """Add a constant, float32, int32 or bool; halved floats are stored in 16 bits."""
        numbers = np.asarray(numbers)
        entry: dict[str, Any] = {
            "name": name, "shape": list(numbers.shape), "dtype": str(numbers.dtype),
        }  # fmt: skip
        if half:
            entry["quantization"] = {"dtype": "float16", "original_dtype": "float32"}
            numbers = numbers.astype(np.float16)
        self.entries.append(entry)
        self.shard += numbers.tobytes()
        return self.node(name, "Const", dtype=_KINDS[entry["dtype"]])

    def description(self) -> dict[str, Any]:
        """Content of ``model.json``."""
        outputs = self.outputs or [self.nodes[-1]["name"]]
        return {
            "format": "graph-model",
            "signature": {
                "inputs": {"input": {"name": "input:0"}},
                "outputs": {
                    f"output_{i}": {"name": name if ":" in name else f"{name}:0"}
                    for i, name in enumerate(outputs)
                },
            },
            "modelTopology": {"node": self.nodes},
            "weightsManifest": [{"paths": [SHARD], "weights": self.entries}],
        }

    def read(self) -> Graph:
        """The graph as the project reads it."""
        return read_graph(json.dumps(self.description()).encode(), {SHARD: self.shard}.__getitem__)


def _attribute(value: Any) -> dict[str, Any]:
    if isinstance(value, tuple):
        (kind,) = {key for one in value for key in _attribute(one)}
        return {"list": {kind: [_attribute(one)[kind] for one in value]}}
    if isinstance(value, bool):
        return {"b": value}
    if isinstance(value, int):
        return {"i": str(value)}
    if value.startswith("DT_"):
        return {"type": value}
    return {"s": base64.b64encode(value.encode()).decode()}
