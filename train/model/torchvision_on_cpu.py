"""Import of torchvision beside a CPU build of torch.

The package registry's torchvision is built for CUDA. Its compiled library does not load beside a
CPU build of torch, so two of its operators stay undeclared, and the import ends with ``operator
torchvision::nms does not exist``. Declaring the two (without an implementation: we never call
them) is enough for its networks, transforms and losses, which are plain torch.
"""

from __future__ import annotations

import importlib
from types import ModuleType
from typing import Any

# As torchvision 0.28 declares them in its C++ sources.
_OPERATORS = (
    "nms(Tensor dets, Tensor scores, float iou_threshold) -> Tensor",
    "qnms(Tensor dets, Tensor scores, float iou_threshold) -> Tensor",
)

# A torch.library.Library takes its declarations with it when it is collected.
_kept: list[Any] = []


def import_torchvision() -> ModuleType:
    """Import torchvision, declaring its operators first where its own library cannot.

    Raises:
        ImportError: torchvision is not installed.
        RuntimeError: The import fails for another reason.
    """
    try:
        return importlib.import_module("torchvision")
    except RuntimeError as error:
        if "torchvision::" not in str(error):
            raise
    _declare()
    return importlib.import_module("torchvision")


def _declare() -> None:
    import torch

    # torch leaves these two without type annotations.
    library = torch.library.Library("torchvision", "FRAGMENT")  # type: ignore[no-untyped-call]
    for signature in _OPERATORS:
        library.define(signature)  # type: ignore[no-untyped-call]
    _kept.append(library)
