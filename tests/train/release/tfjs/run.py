"""Tiny graphs, built and run."""

from __future__ import annotations

from typing import Any

import numpy as np

from fallwatch.system.openvino_runtime import openvino_core
from tests.train.release.tfjs.tiny_graph import TinyGraph
from train.release.tfjs.graph import Array
from train.release.tfjs.network import build_network

#: Taken from each number of the input, which takes uint8, so that others than these can be given.
ZERO = 100


def run_graph(graph: TinyGraph, image: Array) -> list[Array]:
    """All outputs for one input of whole numbers, 0 to 255."""
    model = build_network(graph.read(), image.shape, "tiny")
    precision = {"INFERENCE_PRECISION_HINT": "f32"}
    results = openvino_core().compile_model(model, "CPU", precision)(image.astype(np.uint8))
    return [np.array(results[i]) for i in range(len(graph.outputs) or 1)]


def run_operator(
    operator: str, inputs: list[Array], outputs: int, computed: int = 0, **attributes: Any
) -> list[Array]:
    """Results of one operation.

    Args:
        operator: TensorFlow's name.
        inputs: What it takes: float32, int32 or bool, whole numbers in the computed one.
        outputs: How many results are asked for.
        computed: Number of the input that is worked out from the model's; the others are constants.
        attributes: Of the node.
    """
    graph = TinyGraph()
    names = [
        _computed(graph, numbers)
        if i == computed
        else graph.constant(f"given{i}", np.asarray(numbers))
        for i, numbers in enumerate(inputs)
    ]
    graph.node("made", operator, *names, **attributes)
    graph.outputs = ["made", *(f"made:{i}" for i in range(1, outputs))]
    return run_graph(graph, inputs[computed].astype(np.int32) + ZERO)


def _computed(graph: TinyGraph, numbers: Array) -> str:
    graph.node("floats", "Cast", "input", DstT="DT_FLOAT")
    graph.constant("zero", np.array(ZERO, np.float32))
    graph.node("wanted", "Sub", "floats", "zero")
    kind = {"float32": "", "int32": "DT_INT32", "bool": "DT_BOOL"}[str(numbers.dtype)]
    return graph.node("typed", "Cast", "wanted", DstT=kind) if kind else "wanted"
