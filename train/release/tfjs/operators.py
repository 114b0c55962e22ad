"""TensorFlow's operations in terms of OpenVINO's: those that the networks used here consist of."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from train.release.tfjs.graph import Node
from train.release.tfjs.values import Value, constant, opset

Values = tuple[Value, ...]
Operator = Callable[..., Values]


def _result(node: Any, is_channels_first: bool = False) -> Values:
    return tuple(Value(output, is_channels_first) for output in node.outputs())


def _elementwise(make: Callable[..., Any]) -> Operator:
    """An operation on each number by itself; images stay as they are held."""

    def operator(node: Node, *inputs: Value) -> Values:
        if any(value.is_channels_first for value in inputs) and all(
            value.is_channels_first or value.is_scalar for value in inputs
        ):
            return _result(make(node, *(value.output for value in inputs)), True)
        return _result(make(node, *(value.channels_last for value in inputs)))

    return operator


def _whole(make: Callable[..., Any]) -> Operator:
    """An operation that needs to know which axis is which."""

    def operator(node: Node, *inputs: Value) -> Values:
        return _result(make(node, *(value.channels_last for value in inputs)))

    return operator


def _cast(node: Node, x: Any) -> Any:
    kinds = {"DT_FLOAT": "f32", "DT_INT32": "i32", "DT_BOOL": "boolean"}
    return opset().convert(x, kinds[node.attributes["DstT"]])


def _floor_div(node: Node, x: Any, y: Any) -> Any:
    if node.attributes["T"] == "DT_FLOAT":
        return opset().floor(opset().divide(x, y))
    # OpenVINO's processor plugin rounds whole numbers towards 0.
    return opset().divide(opset().subtract(x, opset().floor_mod(x, y)), y)


def _add_all(node: Node, first: Any, *others: Any) -> Any:
    total = first
    for other in others:
        total = opset().add(total, other)
    return total


_ACTIVATIONS: dict[str, Callable[[Any], Any]] = {
    "Relu": lambda x: opset().relu(x),
    "Relu6": lambda x: opset().clamp(x, 0.0, 6.0),
}


def _window(node: Node) -> dict[str, Any]:
    """Steps, spacing and border of a convolution or pooling over height and width."""
    attributes = node.attributes
    if attributes.get("data_format", "NHWC") != "NHWC":
        raise ValueError("channels have to come last")
    padding = {"SAME": "same_upper", "VALID": "valid"}[attributes["padding"]]
    return {
        "strides": attributes["strides"][1:3],
        "dilations": attributes.get("dilations", (1, 1, 1, 1))[1:3],
        "pads_begin": (0, 0),
        "pads_end": (0, 0),
        "auto_pad": padding,
    }


def _convolution(node: Node, image: Value, kernel: Value, *more: Value) -> Values:
    # (height, width, channels in, channels out) -> (out, in, height, width)
    weights = constant(kernel.constant_numbers().transpose(3, 2, 0, 1))
    made = opset().convolution(image.channels_first, weights.output, **_window(node))
    return _result(_fused(node, made, more), True)


def _depthwise(node: Node, image: Value, kernel: Value, *more: Value) -> Values:
    # (height, width, channels, outputs of each) -> (channels, outputs of each, 1, height, width)
    weights = constant(kernel.constant_numbers().transpose(2, 3, 0, 1)[:, :, None])
    made = opset().group_convolution(image.channels_first, weights.output, **_window(node))
    return _result(_fused(node, made, more), True)


def _fused(node: Node, made: Any, more: Values) -> Any:
    """What TensorFlow has drawn into a convolution: a bias, then an activation."""
    steps = list(node.attributes.get("fused_ops", ()))
    if steps and steps[0] == "BiasAdd":
        (bias,) = more
        made = opset().add(made, constant(bias.constant_numbers().reshape(1, -1, 1, 1)).output)
        steps.pop(0)
    for step in steps:
        made = _ACTIVATIONS[step](made)
    return made


def _max_pool(node: Node, image: Value) -> Values:
    window = _window(node)
    size = node.attributes["ksize"]
    pooled = opset().max_pool(image.channels_first, kernel_shape=size[1:3], **window)
    # Its second output says where each maximum stood.
    return _result(pooled, True)[:1]


def _resize(node: Node, image: Value, size: Value) -> Values:
    if node.attributes.get("align_corners"):
        raise ValueError("corners cannot be aligned")
    half = node.attributes.get("half_pixel_centers")
    made = opset().interpolate(
        image.channels_first,
        size.output,
        mode="linear_onnx",
        shape_calculation_mode="sizes",
        coordinate_transformation_mode="half_pixel" if half else "asymmetric",
        axes=np.array([2, 3], np.int32),
    )
    return _result(made, True)


def _strided_slice(node: Node, x: Value, begin: Value, end: Value, strides: Value) -> Values:
    count = len(begin.constant_numbers())

    def mask(name: str) -> list[int]:
        return [node.attributes.get(name, 0) >> i & 1 for i in range(count)]

    sliced = opset().strided_slice(
        x.channels_last, begin.output, end.output, strides.output,
        mask("begin_mask"), mask("end_mask"), mask("new_axis_mask"),
        mask("shrink_axis_mask"), mask("ellipsis_mask"),
    )  # fmt: skip
    return _result(sliced)


def _pack(node: Node, *inputs: Any) -> Any:
    axis = node.attributes["axis"]
    return opset().concat([opset().unsqueeze(x, np.int32(axis)) for x in inputs], axis)


def _unpack(node: Node, x: Value) -> Values:
    axis = np.int32(node.attributes["axis"])
    parts = opset().split(x.channels_last, axis, node.attributes["num"])
    return tuple(
        value for part in parts.outputs() for value in _result(opset().squeeze(part, axis))
    )


def _concat(node: Node, *inputs: Value) -> Values:
    *parts, axis = inputs
    joined = opset().concat([part.channels_last for part in parts], int(axis.constant_numbers()))
    return _result(joined)


def _squeeze(node: Node, x: Any) -> Any:
    return opset().squeeze(x, np.array(node.attributes["squeeze_dims"], np.int32))


def _reduce(make: Callable[[], Any]) -> Operator:
    def operator(node: Node, x: Value, axes: Value) -> Values:
        keep = bool(node.attributes.get("keep_dims"))
        return _result(make()(x.channels_last, axes.output, keep_dims=keep))

    return operator


def _largest(x: Any, count: Any, axis: int) -> Any:
    """The largest numbers, largest first, and where they stand: the first of equal ones first."""
    return opset().topk(x, count, axis, "max", "value", index_element_type="i32", stable=True)


def _top_k(node: Node, x: Any, count: Any) -> Any:
    return _largest(x, count, -1)


def _arg_max(node: Node, x: Value, axis: Value) -> Values:
    along = int(axis.constant_numbers())
    _, places = _largest(x.channels_last, np.int32(1), along).outputs()
    return _result(opset().squeeze(places, np.int32(along)))


def _size(node: Node, x: Any) -> Any:
    return opset().reduce_prod(opset().shape_of(x, output_type="i32"), np.array([0], np.int32))


#: TensorFlow's name -> what makes its results of a node and the values that it takes.
OPERATORS: dict[str, Operator] = {
    "Abs": _elementwise(lambda node, x: opset().abs(x)),
    "AddN": _elementwise(_add_all),
    "AddV2": _elementwise(lambda node, x, y: opset().add(x, y)),
    "ArgMax": _arg_max,
    "Cast": _elementwise(_cast),
    "ConcatV2": _concat,
    "DepthwiseConv2dNative": _depthwise,
    "Equal": _elementwise(lambda node, x, y: opset().equal(x, y)),
    "Exp": _elementwise(lambda node, x: opset().exp(x)),
    "ExpandDims": _whole(lambda node, x, axis: opset().unsqueeze(x, axis)),
    "Fill": _whole(lambda node, shape, x: opset().broadcast(x, shape)),
    "FloorDiv": _elementwise(_floor_div),
    "FusedDepthwiseConv2dNative": _depthwise,
    "GatherNd": _whole(lambda node, x, places: opset().gather_nd(x, places)),
    "Greater": _elementwise(lambda node, x, y: opset().greater(x, y)),
    "GreaterEqual": _elementwise(lambda node, x, y: opset().greater_equal(x, y)),
    "Identity": lambda node, x: (x,),
    "Less": _elementwise(lambda node, x, y: opset().less(x, y)),
    "LogicalAnd": _elementwise(lambda node, x, y: opset().logical_and(x, y)),
    "Max": _reduce(lambda: opset().reduce_max),
    "MaxPool": _max_pool,
    "Maximum": _elementwise(lambda node, x, y: opset().maximum(x, y)),
    "Minimum": _elementwise(lambda node, x, y: opset().minimum(x, y)),
    "Mul": _elementwise(lambda node, x, y: opset().multiply(x, y)),
    "Pack": _whole(_pack),
    "Range": _whole(lambda node, *ends: opset().range(*ends, output_type="f32")),
    "RealDiv": _elementwise(lambda node, x, y: opset().divide(x, y)),
    "Reciprocal": _elementwise(lambda node, x: opset().divide(np.float32(1), x)),
    "Reshape": _whole(lambda node, x, shape: opset().reshape(x, shape, special_zero=False)),
    "ResizeBilinear": _resize,
    "Select": _elementwise(lambda node, which, x, y: opset().select(which, x, y)),
    "Shape": _whole(lambda node, x: opset().shape_of(x, output_type="i32")),
    "Sigmoid": _elementwise(lambda node, x: opset().sigmoid(x)),
    "Size": _whole(_size),
    "Split": _whole(lambda node, axis, x: opset().split(x, axis, node.attributes["num_split"])),
    "SquaredDifference": _elementwise(lambda node, x, y: opset().squared_difference(x, y)),
    "Squeeze": _whole(_squeeze),
    "StridedSlice": _strided_slice,
    "Sub": _elementwise(lambda node, x, y: opset().subtract(x, y)),
    "Sum": _reduce(lambda: opset().reduce_sum),
    "Tile": _whole(lambda node, x, repeats: opset().tile(x, repeats)),
    "TopKV2": _whole(_top_k),
    "Unpack": _unpack,
    "_FusedConv2D": _convolution,
}
