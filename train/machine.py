"""Fabric for this machine: device, floating-point format, processes."""

from __future__ import annotations

import os
from typing import Literal

import torch
from lightning_fabric import Fabric

from train.errors import TrainError

Device = Literal["auto", "cpu", "cuda"]
Precision = Literal["auto", "32", "bf16"]


def make_fabric(device: Device, precision: Precision) -> Fabric:
    """Fabric for this machine, launched; under ``torchrun`` one of its processes.

    ``auto`` precision is bfloat16 where a CUDA device has it and full precision otherwise.

    Raises:
        TrainError: CUDA was asked for and is not there.
    """
    cuda = torch.cuda.is_available()
    if device == "cuda" and not cuda:
        raise TrainError("There is no CUDA device that torch can use. Leave out --device cuda.")
    use_cuda = cuda and device != "cpu"
    half = precision == "bf16" or (
        precision == "auto" and use_cuda and torch.cuda.is_bf16_supported()
    )
    processes = int(os.environ.get("LOCAL_WORLD_SIZE", "1"))
    if use_cuda:
        # The same seed shall give the same weights: CUDA's fastest kernels do not promise that.
        torch.backends.cudnn.deterministic = True
        torch.backends.cudnn.benchmark = False
    fabric = Fabric(
        accelerator="cuda" if use_cuda else "cpu",
        devices=processes,
        strategy="ddp" if processes > 1 else "auto",
        precision="bf16-mixed" if half else "32-true",
    )
    fabric.launch()
    return fabric


def precision_of(fabric: Fabric) -> str:
    """Fabric's name of the precision it computes in, such as ``bf16-mixed``."""
    return str(fabric.strategy.precision.precision)
