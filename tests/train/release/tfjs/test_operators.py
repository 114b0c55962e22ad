"""Every operation gives what TensorFlow defines it to give: numpy says what that is."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import numpy as np
import pytest

from tests.train.release.tfjs.run import run_operator
from train.errors import TrainError
from train.release.tfjs.graph import Array
from train.release.tfjs.operators import OPERATORS

RNG = np.random.default_rng(3)
F32, I32 = np.float32, np.int32

SIGNED = np.array([[-7, -1, 0], [2, 5, 9]], F32)
OTHER = np.array([[2.5, -1, 4], [-2, 5, 0.5]], F32)
WHOLE = np.array([[-7, -1, 0], [2, 5, 9]], I32)
FLAGS = np.array([True, False, True])
IMAGE = RNG.integers(-100, 100, (1, 5, 6, 4)).astype(F32)
KERNEL = RNG.normal(size=(3, 3, 4, 2)).astype(F32)
BIAS = np.array([30, -50], F32)
BIAS_OF_EACH = RNG.normal(size=8).astype(F32)
STEP_2 = {"strides": (1, 2, 2, 1), "padding": "SAME", "data_format": "NHWC"}


@dataclass(frozen=True)
class Case:
    """An operation, what it takes and what it has to give."""

    operator: str
    inputs: list[Any]
    expected: list[Any]
    attributes: dict[str, Any] = field(default_factory=dict)
    computed: int = 0


def patches(image: Array, size: int, step: int, fill: float, same: bool = True) -> Array:
    """Windows of an image as TensorFlow cuts them: (height, width, size, size, channels)."""
    _, height, width, channels = image.shape
    padded, counts = image[0], []
    for axis, length in enumerate((height, width)):
        count = -(-length // step) if same else (length - size) // step + 1
        missing = max((count - 1) * step + size - length, 0) if same else 0
        # Of an odd number of missing rows, more are added at the end.
        border = [(0, 0)] * 3
        border[axis] = (missing // 2, missing - missing // 2)
        padded = np.pad(padded, border, constant_values=fill)
        counts.append(count)
    windows = [
        padded[y * step : y * step + size, x * step : x * step + size]
        for y in range(counts[0])
        for x in range(counts[1])
    ]
    return np.array(windows).reshape(*counts, size, size, channels)


def convolved(image: Array, kernel: Array, step: int, same: bool = True) -> Array:
    return np.einsum("hwyxc,yxco->hwo", patches(image, 3, step, 0, same), kernel)[None]


def convolved_by_channel(image: Array, kernel: Array, step: int) -> Array:
    made = np.einsum("hwyxc,yxco->hwco", patches(image, 3, step, 0), kernel)
    return made.reshape(1, *made.shape[:2], -1)


def resized(image: Array, height: int, width: int) -> Array:
    """Bilinear, with the middle of pixels at halves."""
    for axis, length in ((1, height), (2, width)):
        before = image.shape[axis]
        at = np.clip((np.arange(length) + 0.5) * before / length - 0.5, 0, before - 1)
        low = np.floor(at).astype(int)
        share = (at - low).reshape([-1 if i == axis else 1 for i in range(4)])
        high = np.minimum(low + 1, before - 1)
        image = image.take(low, axis) * (1 - share) + image.take(high, axis) * share
    return image


CASES = [
    Case("Abs", [SIGNED], [abs(SIGNED)]),
    Case("AddN", [SIGNED, OTHER, OTHER], [SIGNED + 2 * OTHER], {"N": 3}),
    Case("AddV2", [SIGNED, OTHER[0]], [SIGNED + OTHER[0]]),
    # Of equal ones the first counts.
    Case("ArgMax", [np.array([[1, 5], [3, 5], [3, 2]], F32), I32(0)], [np.array([1, 0])]),
    Case("Cast", [SIGNED], [WHOLE], {"DstT": "DT_INT32"}),
    Case("Cast", [FLAGS], [np.array([1, 0, 1], F32)], {"DstT": "DT_FLOAT"}),
    Case("ConcatV2", [SIGNED, OTHER, I32(-1)], [np.concatenate([SIGNED, OTHER], -1)]),
    Case(
        "DepthwiseConv2dNative", [IMAGE, KERNEL], [convolved_by_channel(IMAGE, KERNEL, 2)], STEP_2
    ),
    Case("Equal", [WHOLE, I32(2)], [WHOLE == 2]),
    Case("Exp", [SIGNED], [np.exp(SIGNED)]),
    Case("ExpandDims", [SIGNED, I32(-1)], [SIGNED[..., None]]),
    Case("Fill", [np.array([2, 3], I32), F32(0.5)], [np.full((2, 3), 0.5)]),
    Case("FloorDiv", [WHOLE, I32(2)], [WHOLE // 2], {"T": "DT_INT32"}),
    Case("FloorDiv", [SIGNED, F32(2)], [SIGNED // 2], {"T": "DT_FLOAT"}),
    Case(
        "FusedDepthwiseConv2dNative",
        [IMAGE, KERNEL, BIAS_OF_EACH],
        [np.clip(convolved_by_channel(IMAGE, KERNEL, 1) + BIAS_OF_EACH, 0, 6)],
        {**STEP_2, "strides": (1, 1, 1, 1), "fused_ops": ("BiasAdd", "Relu6")},
    ),
    Case("GatherNd", [SIGNED, np.array([[1, 0], [0, 2]], I32)], [np.array([2, 0], F32)]),
    Case("Greater", [SIGNED, F32(2)], [SIGNED > 2]),
    Case("GreaterEqual", [SIGNED, F32(2)], [SIGNED >= 2]),
    Case("Identity", [SIGNED], [SIGNED]),
    Case("Less", [SIGNED, F32(2)], [SIGNED < 2]),
    Case("LogicalAnd", [FLAGS, np.array([True, True, False])], [np.array([True, False, False])]),
    Case("Max", [SIGNED, I32(1)], [np.array([0, 9], F32)], {"keep_dims": False}),
    Case(
        "MaxPool",
        [IMAGE],
        [patches(IMAGE, 3, 2, -np.inf).max(axis=(2, 3))[None]],
        {**STEP_2, "ksize": (1, 3, 3, 1)},
    ),
    Case("Maximum", [SIGNED, OTHER], [np.maximum(SIGNED, OTHER)]),
    Case("Minimum", [SIGNED, OTHER], [np.minimum(SIGNED, OTHER)]),
    Case("Mul", [SIGNED, OTHER], [SIGNED * OTHER]),
    Case("Pack", [SIGNED, OTHER], [np.stack([SIGNED, OTHER], 1)], {"axis": 1}),
    Case("Range", [F32(2), F32(8), F32(2)], [np.array([2, 4, 6], F32)]),
    Case("RealDiv", [SIGNED, OTHER], [SIGNED / OTHER]),
    Case("Reciprocal", [OTHER.round() + 7], [1 / (OTHER.round() + 7)]),
    Case("Reshape", [SIGNED, np.array([3, -1], I32)], [SIGNED.reshape(3, 2)]),
    Case(
        "ResizeBilinear",
        [IMAGE, np.array([10, 12], I32)],
        [resized(IMAGE, 10, 12)],
        {"half_pixel_centers": True, "align_corners": False},
    ),
    Case("Select", [SIGNED > 0, SIGNED, OTHER], [np.where(SIGNED > 0, SIGNED, OTHER)]),
    Case("Shape", [IMAGE], [np.array([1, 5, 6, 4])]),
    Case("Sigmoid", [SIGNED], [1 / (1 + np.exp(-SIGNED))]),
    Case("Size", [IMAGE], [np.array(120)]),
    Case("Split", [I32(1), SIGNED], np.split(SIGNED, 3, 1), {"num_split": 3}, computed=1),
    Case("SquaredDifference", [SIGNED, OTHER], [(SIGNED - OTHER) ** 2]),
    Case("Squeeze", [SIGNED[None, :, None]], [SIGNED[:, None]], {"squeeze_dims": (0,)}),
    Case(
        "StridedSlice",
        [
            IMAGE,
            *(np.array(of, I32) for of in ([0, 0, 4, 9, 2], [0, 9, 1, 9, 3], [1, 1, -2, 1, 1])),
        ],
        [IMAGE[:, 0:9, 4:1:-2, None, 2]],
        # The first axis whole, a new one as the fourth, and the last taken away.
        {"begin_mask": 1, "end_mask": 1, "new_axis_mask": 8, "shrink_axis_mask": 16},
    ),
    Case("Sub", [SIGNED, OTHER], [SIGNED - OTHER]),
    Case("Sum", [SIGNED, I32(-1)], [SIGNED.sum(-1, keepdims=True)], {"keep_dims": True}),
    Case("Tile", [WHOLE, np.array([2, 1], I32)], [np.tile(WHOLE, (2, 1))]),
    # Of equal ones the first comes first.
    Case(
        "TopKV2",
        [np.array([[3, 9, 9, 1]], F32), I32(3)],
        [np.array([[9, 9, 3]], F32), np.array([[1, 2, 0]])],
    ),
    Case("Unpack", [SIGNED], list(SIGNED.T), {"axis": 1, "num": 3}),
    Case(
        "_FusedConv2D",
        [IMAGE, KERNEL, BIAS],
        [np.maximum(convolved(IMAGE, KERNEL, 2) + BIAS, 0)],
        {**STEP_2, "fused_ops": ("BiasAdd", "Relu")},
    ),
    Case(
        "_FusedConv2D",
        [IMAGE, KERNEL, BIAS],
        [convolved(IMAGE, KERNEL, 1, same=False) + BIAS],
        {"strides": (1, 1, 1, 1), "padding": "VALID", "fused_ops": ("BiasAdd",)},
    ),
]


def test_every_operation_has_a_case() -> None:
    assert {case.operator for case in CASES} == set(OPERATORS)


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.operator)
def test_an_operation_gives_what_tensorflow_defines(case: Case) -> None:
    inputs = [np.asarray(of) for of in case.inputs]
    found = run_operator(
        case.operator, inputs, len(case.expected), case.computed, **case.attributes
    )
    for one, expected in zip(found, case.expected, strict=True):
        assert one.shape == expected.shape
        np.testing.assert_allclose(one, expected, rtol=1e-5, atol=1e-4)


@pytest.mark.parametrize(
    ("operator", "inputs", "attributes", "words"),
    [
        ("FFT", [SIGNED], {}, "is a FFT, which is not known"),
        ("Cast", [SIGNED], {"DstT": "DT_STRING"}, "is a Cast of a form"),
        (
            "_FusedConv2D", [IMAGE, KERNEL], {**STEP_2, "data_format": "NCHW"},
            "channels have to come last",
        ),
        ("_FusedConv2D", [IMAGE, KERNEL], {**STEP_2, "padding": "EXPLICIT"}, "'EXPLICIT'"),
        ("_FusedConv2D", [IMAGE, KERNEL, BIAS], {**STEP_2, "fused_ops": ("Elu",)}, "'Elu'"),
        (
            "_FusedConv2D", [IMAGE, KERNEL], {**STEP_2, "fused_ops": ("BiasAdd",)},
            "not enough values",
        ),
        (
            "ResizeBilinear", [IMAGE, np.array([10, 12], I32)], {"align_corners": True},
            "corners cannot be aligned",
        ),
        ("AddV2", [SIGNED, np.ones((4, 5), F32)], {}, "is a AddV2 of a form"),
        ("AddV2", [SIGNED], {}, "is a AddV2 of a form"),
    ],
)  # fmt: skip
def test_what_is_not_known_is_refused_by_name(
    operator: str, inputs: list[Array], attributes: dict[str, Any], words: str
) -> None:
    with pytest.raises(TrainError, match=rf"'made' .*{words}"):
        run_operator(operator, inputs, 1, **attributes)


def test_a_kernel_that_is_worked_out_is_refused() -> None:
    with pytest.raises(TrainError, match="has to be a constant"):
        run_operator("_FusedConv2D", [IMAGE, KERNEL.round()], 1, computed=1, **STEP_2)
