"""int8 weights by NNCF's post-training quantisation. An option: ``pip install nncf``."""

from __future__ import annotations

import importlib
from pathlib import Path

import numpy as np

from fallwatch.classifiers.preprocessing import InputSpec
from fallwatch.core.types import Image
from fallwatch.system.openvino_runtime import import_openvino, openvino_core
from train.data.inputs import CropInputs
from train.errors import TrainError

#: More loss of F1 than this, and the FP16 weights stay.
MAX_F1_LOSS = 0.01

_CALIBRATION_CROPS = 300


def quantise(model_xml: Path, target_xml: Path, crops: Image, spec: InputSpec) -> None:
    """Write an int8 copy of an exported network.

    Args:
        model_xml: The exported network.
        target_xml: Where the copy goes.
        crops: (n, side, side, 3) training crops, from which value ranges are measured.
        spec: The network's input.

    Raises:
        TrainError: NNCF is not installed.
    """
    # First, since NNCF imports it, too.
    openvino = import_openvino()
    try:
        nncf = importlib.import_module("nncf")
    except ImportError as error:
        raise TrainError("--int8 needs NNCF. Run: pip install nncf") from error

    inputs = CropInputs(crops, spec)
    step = max(len(crops) // _CALIBRATION_CROPS, 1)
    rows = [np.array([i]) for i in range(0, len(crops), step)][:_CALIBRATION_CROPS]
    dataset = nncf.Dataset(rows, lambda row: inputs.batch(row).numpy())
    model = openvino_core().read_model(model_xml)
    openvino.save_model(
        nncf.quantize(model, dataset, subset_size=len(rows)), target_xml, compress_to_fp16=True
    )
