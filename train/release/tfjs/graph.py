"""Reading of a TensorFlow.js graph model: its nodes and weights, as plain values.

The format is ``model.json`` and binary shards beside it: nodes as TensorFlow's GraphDef in
protobuf's JSON form, and a manifest that says which weights follow each other in the shards
(https://github.com/tensorflow/tfjs/blob/master/tfjs-core/src/io/types.ts).
"""

from __future__ import annotations

import base64
import binascii
import json
import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from train.errors import TrainError

Array = NDArray[Any]

#: How weights can be stored; TensorFlow.js has more, which no network here uses.
_DTYPES = {
    name: np.dtype(name).newbyteorder("<") for name in ("float32", "float16", "int32", "bool")
}


@dataclass(frozen=True, slots=True)
class Node:
    """One operation of the graph.

    Attributes:
        name: Unique in the graph.
        operator: TensorFlow's name of the operation, such as ``Relu6``.
        inputs: Names of the results it takes: a node's name, with ``:1`` and so on for its second
            result and those that follow.
        attributes: Numbers, words, truth values, or tuples of these.
    """

    name: str
    operator: str
    inputs: tuple[str, ...]
    attributes: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Graph:
    """A graph model.

    Attributes:
        nodes: In the order of the file.
        weights: Name of each constant -> its numbers, float32, int32 or bool.
        inputs: What the model's input is called -> name of the node.
        outputs: What each output of the model is called -> name of the result.
    """

    nodes: tuple[Node, ...]
    weights: Mapping[str, Array]
    inputs: Mapping[str, str]
    outputs: Mapping[str, str]


def read_graph(description: bytes, shard: Callable[[str], bytes]) -> Graph:
    """Read a graph model.

    Args:
        description: Content of ``model.json``.
        shard: Gives the content of a file that lies beside it, by name.

    Raises:
        TrainError: It is no graph model, is incomplete, or stores weights in an unknown way.
    """
    try:
        content = json.loads(description)
        nodes = tuple(_node(entry) for entry in content["modelTopology"]["node"])
        signature = content["signature"]
        weights: dict[str, Array] = {}
        for group in content["weightsManifest"]:
            stored = b"".join(shard(name) for name in group["paths"])
            weights.update(_weights(group["weights"], stored))
        return Graph(nodes, weights, _names(signature["inputs"]), _names(signature["outputs"]))
    except (ValueError, KeyError, TypeError, AttributeError, binascii.Error) as error:
        raise TrainError(
            f"This is not a complete TensorFlow.js graph model ({type(error).__name__}: {error})."
        ) from error


def _names(signature: Mapping[str, Any]) -> dict[str, str]:
    return {name: tensor["name"].removesuffix(":0") for name, tensor in signature.items()}


def _node(entry: Mapping[str, Any]) -> Node:
    attributes = {name: _attribute(value) for name, value in entry.get("attr", {}).items()}
    # An input that begins with ^ brings no value: it only has to be worked out before.
    inputs = tuple(
        name.removesuffix(":0") for name in entry.get("input", []) if not name.startswith("^")
    )
    return Node(entry["name"], entry["op"], inputs, attributes)


def _attribute(value: Mapping[str, Any]) -> Any:
    for kind, content in value.items():
        if kind == "list":
            return tuple(_plain(of, one) for of, many in content.items() for one in many)
        return _plain(kind, content)
    return None


def _plain(kind: str, content: Any) -> Any:
    if kind == "s":
        return base64.b64decode(content, validate=True).decode()
    # Protobuf writes whole numbers of 64 bits as words.
    return int(content) if kind == "i" else content


def _weights(entries: list[dict[str, Any]], stored: bytes) -> dict[str, Array]:
    found: dict[str, Array] = {}
    start = 0
    for entry in entries:
        name, shape = entry["name"], tuple(entry["shape"])
        dtype = _DTYPES.get(entry.get("quantization", entry)["dtype"])
        if dtype is None or entry["dtype"] not in _DTYPES:
            raise TrainError(f"The weights '{name}' are stored in a way that is not known here.")
        end = start + math.prod(shape) * dtype.itemsize
        numbers = np.frombuffer(stored[start:end], dtype).reshape(shape)
        found[name] = numbers.astype(entry["dtype"])
        start = end
    if start != len(stored):
        raise TrainError(f"The weights take {start} bytes, but there are {len(stored)}.")
    return found
