"""Building of an OpenVINO model from a TensorFlow.js graph, node by node."""

from __future__ import annotations

from graphlib import CycleError, TopologicalSorter
from typing import Any

from fallwatch.system.openvino_runtime import import_openvino
from train.errors import TrainError
from train.release.tfjs.graph import Graph, Node
from train.release.tfjs.operators import OPERATORS
from train.release.tfjs.values import Value, constant, opset


def build_network(graph: Graph, shape: tuple[int, ...], name: str) -> Any:
    """The `openvino.Model` that works out what the graph does, in float32.

    Its input takes uint8, whatever the graph's takes. Inputs, outputs and nodes keep their names.

    Args:
        graph: With one input.
        shape: Of the input; the model can be reshaped to any that the graph allows.
        name: Of the model.

    Raises:
        TrainError: The graph uses an operation, or a form of one, that is not known here.
    """
    openvino = import_openvino()
    values: dict[str, Value] = {}
    parameter = opset().parameter(shape, openvino.Type.u8)
    for node in _in_order(graph):
        if node.operator == "Placeholder":
            made: tuple[Value, ...] = (Value(parameter.output(0)),)
        elif node.operator == "Const":
            made = (constant(graph.weights[node.name]),)
        else:
            made = _apply(node, tuple(values[source] for source in node.inputs))
        made[0].output.get_node().set_friendly_name(node.name)
        values[node.name] = made[0]
        values.update({f"{node.name}:{i}": made[i] for i in range(1, len(made))})
    results = []
    for label, source in graph.outputs.items():
        result = opset().result(values[source].channels_last)
        result.output(0).set_names({label})
        results.append(result)
    (label,) = graph.inputs
    parameter.output(0).set_names({label})
    model = openvino.Model(results, [parameter], name)
    model.validate_nodes_and_infer_types()
    return model


def _apply(node: Node, inputs: tuple[Value, ...]) -> tuple[Value, ...]:
    operator = OPERATORS.get(node.operator)
    if operator is None:
        raise TrainError(f"'{node.name}' is a {node.operator}, which is not known here.")
    try:
        return operator(node, *inputs)
    except (KeyError, TypeError, ValueError, RuntimeError) as error:
        raise TrainError(
            f"'{node.name}' is a {node.operator} of a form that is not known here: {error}"
        ) from error


def _in_order(graph: Graph) -> list[Node]:
    """The nodes that the outputs need, each after those whose results it takes."""
    by_name = {node.name: node for node in graph.nodes}
    before: dict[str, list[str]] = {}
    waiting = [_owner(source) for source in graph.outputs.values()]
    try:
        while waiting:
            name = waiting.pop()
            if name not in before:
                before[name] = [_owner(source) for source in by_name[name].inputs]
                waiting += before[name]
        return [by_name[name] for name in TopologicalSorter(before).static_order()]
    except (KeyError, CycleError) as error:
        raise TrainError(f"The graph does not hold together: {error}.") from error


def _owner(source: str) -> str:
    return source.partition(":")[0]
