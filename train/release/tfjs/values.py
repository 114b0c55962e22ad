"""Results in an OpenVINO model that is being built, held as TensorFlow or as OpenVINO has them.

TensorFlow keeps images as (batch, height, width, channels), OpenVINO's convolutions take and
give (batch, channels, height, width). A `Value` says in which of the two it is held; it is turned
round only where an operation needs the other one, so that a chain of convolutions is turned once
at its beginning and once at its end.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from fallwatch.system.openvino_runtime import import_openvino
from train.release.tfjs.graph import Array

_TO_FIRST = (0, 3, 1, 2)
_TO_LAST = (0, 2, 3, 1)


class Value:
    """A result in the OpenVINO model that is being built.

    Attributes:
        output: The `openvino.Output`.
        is_channels_first: It is an image held with its channels before height and width.
        numbers: Of a constant.
    """

    def __init__(
        self, output: Any, is_channels_first: bool = False, numbers: Array | None = None
    ) -> None:
        self.output = output
        self.is_channels_first = is_channels_first
        self.numbers = numbers
        self._turned: Any = None

    @property
    def channels_last(self) -> Any:
        """The output as TensorFlow has it."""
        return self._turn(_TO_LAST) if self.is_channels_first else self.output

    @property
    def channels_first(self) -> Any:
        """The output, an image, as OpenVINO's convolutions have it."""
        return self.output if self.is_channels_first else self._turn(_TO_FIRST)

    @property
    def is_scalar(self) -> bool:
        """Held alike either way."""
        return self.numbers is not None and self.numbers.ndim == 0

    def constant_numbers(self) -> Array:
        """The numbers of a constant.

        Raises:
            ValueError: It is worked out, and so known only when the model runs.
        """
        if self.numbers is None:
            raise ValueError("one of its inputs has to be a constant")
        return self.numbers

    def _turn(self, order: tuple[int, ...]) -> Any:
        if self._turned is None:
            self._turned = opset().transpose(self.output, np.array(order, np.int32)).output(0)
        return self._turned


def constant(numbers: Array) -> Value:
    """A constant: float32, int32 or bool."""
    return Value(opset().constant(np.asarray(numbers, order="C")).output(0), numbers=numbers)


def opset() -> Any:
    """OpenVINO's operations, of one version whatever else is there."""
    return import_openvino().opset13
