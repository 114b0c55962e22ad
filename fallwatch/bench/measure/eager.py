"""Classifier of the naive arm, as most would run it: torch in eager mode where it is installed.

Only its cost counts, so the network is built without trained weights. Where there is no torch,
OpenVINO runs the shipped network in 32 bits.
"""

from __future__ import annotations

import importlib
import importlib.util
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np

from fallwatch.core.types import Floats
from fallwatch.system.openvino_runtime import openvino_core

#: Takes a batch (n, 3, side, side) and gives logits (n, 2).
Network = Callable[[Floats], Floats]


def eager_network(weights_dir: Path, variant: str) -> tuple[Network, str]:
    """The network, and the name of its runtime."""
    # By name, as the command line starts `train`: fallwatch itself runs without torch.
    if importlib.util.find_spec("torch") and importlib.util.find_spec("torchvision"):
        return _torch_network(variant), "torch, eager"
    return _openvino_network(weights_dir / variant / "model.xml"), "OpenVINO, 32 bits"


def _torch_network(variant: str) -> Network:
    torch: Any = importlib.import_module("torch")
    torchvision: Any = importlib.import_module(
        "train.model.torchvision_on_cpu"
    ).import_torchvision()
    name = "efficientnet_b0" if variant.startswith("efficientnet") else "resnet18"
    network = getattr(torchvision.models, name)(num_classes=2).eval()

    def run(batch: Floats) -> Floats:
        with torch.inference_mode():
            return np.asarray(network(torch.from_numpy(batch)).numpy(), dtype=np.float32)

    return run


def _openvino_network(model: Path) -> Network:
    compiled = openvino_core().compile_model(str(model), "CPU", {"INFERENCE_PRECISION_HINT": "f32"})
    return lambda batch: np.asarray(compiled(batch)[0], dtype=np.float32)
