"""A TensorFlow.js graph model is read whole, or refused in one sentence."""

from __future__ import annotations

import json
from typing import Any

import numpy as np
import pytest

from tests.train.release.tfjs.tiny_graph import SHARD, TinyGraph
from train.errors import TrainError
from train.release.tfjs.graph import read_graph


@pytest.fixture
def tiny() -> TinyGraph:
    graph = TinyGraph()
    graph.constant("whole", np.array([[1, -2], [3, 4]], np.int32))
    graph.constant("half", np.array([0.5, 65504.0], np.float32), half=True)
    graph.constant("one", np.array(2.5, np.float32))
    graph.constant("yes", np.array([True, False]))
    graph.node(
        "slice", "StridedSlice", "input:0", "whole:1", "^one",
        begin_mask=3, padding="SAME", steps=(1, 2), fused=("BiasAdd", "Relu6"), keep=True,
        T="DT_INT32",
    )  # fmt: skip
    return graph


def test_weights_come_in_their_order_shape_and_type(tiny: TinyGraph) -> None:
    weights = tiny.read().weights
    np.testing.assert_array_equal(weights["whole"], [[1, -2], [3, 4]])
    np.testing.assert_array_equal(weights["half"], [0.5, 65504.0])
    np.testing.assert_array_equal(weights["yes"], [True, False])
    assert weights["one"].shape == ()
    assert {name: str(of.dtype) for name, of in weights.items()} == {
        "whole": "int32", "half": "float32", "one": "float32", "yes": "bool",
    }  # fmt: skip


def test_a_node_has_its_inputs_without_those_that_bring_no_value(tiny: TinyGraph) -> None:
    graph = tiny.read()
    node = graph.nodes[-1]
    assert (node.name, node.operator, node.inputs) == (
        "slice", "StridedSlice", ("input", "whole:1"),
    )  # fmt: skip
    assert node.attributes == {
        "begin_mask": 3, "padding": "SAME", "steps": (1, 2), "fused": ("BiasAdd", "Relu6"),
        "keep": True, "T": "DT_INT32",
    }  # fmt: skip
    assert graph.inputs == {"input": "input"}
    assert graph.outputs == {"output_0": "slice"}


def test_weights_may_lie_in_several_shards(tiny: TinyGraph) -> None:
    description = tiny.description()
    description["weightsManifest"][0]["paths"] = ["a", "b"]
    shards = {"a": tiny.shard[:7], "b": tiny.shard[7:]}
    graph = read_graph(json.dumps(description).encode(), shards.__getitem__)
    np.testing.assert_array_equal(graph.weights["half"], [0.5, 65504.0])


@pytest.mark.parametrize(
    ("change", "words"),
    [
        (lambda of: of.pop("modelTopology"), "not a complete TensorFlow.js graph model"),
        (lambda of: of.pop("signature"), "not a complete TensorFlow.js graph model"),
        (lambda of: of["weightsManifest"][0]["paths"].append("lost"), "KeyError: 'lost'"),
        (lambda of: of["weightsManifest"][0]["weights"].pop(), "take 24 bytes, but there are 26"),
        (lambda of: _first_weight(of).update(dtype="string"), "'whole' are stored in a way"),
        (
            lambda of: _first_weight(of).update(quantization={"dtype": "uint8", "scale": 2.0}),
            "'whole' are stored in a way",
        ),
        (lambda of: _first_weight(of).update(shape=[400]), "not a complete"),
        (
            lambda of: of["modelTopology"]["node"][-1]["attr"].update(padding={"s": "?"}),
            "not a complete",
        ),
    ],
)
def test_a_damaged_description_is_refused(tiny: TinyGraph, change: Any, words: str) -> None:
    description = tiny.description()
    change(description)
    with pytest.raises(TrainError, match=words):
        read_graph(json.dumps(description).encode(), {SHARD: tiny.shard}.__getitem__)


@pytest.mark.parametrize("content", [b"", b"[]", b"{}", b"\xff\xfe", b"null"])
def test_what_is_no_graph_is_refused(content: bytes) -> None:
    with pytest.raises(TrainError, match=r"not a complete TensorFlow\.js graph model"):
        read_graph(content, {}.__getitem__)


def _first_weight(description: dict[str, Any]) -> dict[str, Any]:
    entry: dict[str, Any] = description["weightsManifest"][0]["weights"][0]
    return entry
