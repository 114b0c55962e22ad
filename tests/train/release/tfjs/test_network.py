"""A network built from a graph gives what the graph defines, for inputs of several shapes."""

from __future__ import annotations

import re

import numpy as np
import pytest

from fallwatch.system.openvino_runtime import import_openvino, openvino_core
from tests.train.release.tfjs.run import run_graph
from tests.train.release.tfjs.tiny_graph import TinyGraph
from train.errors import TrainError
from train.release.tfjs.network import build_network

RNG = np.random.default_rng(5)
WINDOW = {"strides": (1, 1, 1, 1), "padding": "SAME", "data_format": "NHWC"}
MIX, DOUBLE = RNG.normal(size=(3, 4)).astype(np.float32), RNG.normal(size=(4, 2)).astype(np.float32)
COLUMNS = np.arange(6, dtype=np.float32)


def two_convolutions() -> TinyGraph:
    """Both of one pixel, with activations between them, and a sum over the image's width."""
    graph = TinyGraph()
    graph.node("floats", "Cast", "input", DstT="DT_FLOAT")
    graph.constant("mix", MIX[None, None])
    graph.node("first", "_FusedConv2D", "floats", "mix", **WINDOW)
    graph.node("active", "Sigmoid", "first")
    graph.constant("half", np.array(0.5, np.float32))
    graph.node("less", "Sub", "active", "half")
    graph.constant("double", DOUBLE[None, None])
    graph.node("second", "_FusedConv2D", "less", "double", **WINDOW)
    graph.constant("columns", COLUMNS[:, None])
    graph.node("weighted", "Mul", "second", "columns")
    graph.constant("across", np.array(2, np.int32))
    graph.node("summed", "Sum", "weighted", "across", keep_dims=False)
    return graph


def by_hand(image: np.ndarray) -> np.ndarray:
    second = (1 / (1 + np.exp(-(image @ MIX))) - 0.5) @ DOUBLE
    return (second * COLUMNS[:, None]).sum(axis=2)


def test_images_are_turned_round_only_where_convolutions_begin_and_end() -> None:
    graph = two_convolutions()
    image = RNG.integers(0, 5, (1, 4, 6, 3))
    np.testing.assert_allclose(run_graph(graph, image)[0], by_hand(image), atol=1e-4)
    model = build_network(graph.read(), image.shape, "tiny")
    kinds = [node.get_type_name() for node in model.get_ordered_ops()]
    assert kinds.count("Convolution") == kinds.count("Transpose") == 2


def test_a_network_can_be_given_another_shape() -> None:
    model = build_network(two_convolutions().read(), (1, 4, 6, 3), "tiny")
    model.reshape([1, 7, 6, 3])
    image = RNG.integers(0, 5, (1, 7, 6, 3))
    network = openvino_core().compile_model(model, "CPU", {"INFERENCE_PRECISION_HINT": "f32"})
    np.testing.assert_allclose(network(image.astype(np.uint8))[0], by_hand(image), atol=1e-4)


def test_inputs_outputs_and_nodes_keep_their_names() -> None:
    graph = two_convolutions()
    graph.outputs = ["summed", "active"]
    model = build_network(graph.read(), (1, 4, 6, 3), "tiny")
    assert model.get_friendly_name() == "tiny"
    assert model.input("input").get_element_type() == import_openvino().Type.u8
    assert tuple(model.output("output_0").shape) == (1, 4, 2)
    # As TensorFlow has it, though a convolution took it with its channels first.
    assert tuple(model.output("output_1").shape) == (1, 4, 6, 4)
    names = {node.get_friendly_name() for node in model.get_ordered_ops()}
    assert {"first", "active", "second", "summed"} <= names


def test_what_no_output_needs_is_left_out() -> None:
    graph = two_convolutions()
    graph.node("strange", "FFT", "first")
    graph.outputs = ["summed"]
    assert run_graph(graph, np.zeros((1, 4, 6, 3)))[0].shape == (1, 4, 2)


@pytest.mark.parametrize(
    ("inputs", "words"), [(("first", "lost"), "lost"), (("first", "made"), "made")]
)
def test_a_graph_with_a_gap_or_a_circle_is_refused(inputs: tuple[str, str], words: str) -> None:
    graph = two_convolutions()
    graph.node("made", "AddV2", *inputs)
    with pytest.raises(TrainError, match=f"does not hold together: .*{re.escape(words)}"):
        build_network(graph.read(), (1, 4, 6, 3), "tiny")
