"""Export of a trained network to a weights folder that the app loads, checked before it counts."""

from __future__ import annotations

import hashlib
import tempfile
import warnings
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
import torch

from fallwatch.classifiers.manifest import (
    CLASSES,
    MANIFEST_FILE,
    MODEL_FILES,
    InputModel,
    Manifest,
)
from fallwatch.classifiers.preprocessing import InputSpec
from fallwatch.core.types import Image
from fallwatch.system.openvino_runtime import import_converter, import_openvino, openvino_core
from train.data.inputs import CropInputs
from train.errors import TrainError
from train.model.networks import CropNetwork
from train.release.folders import put_in_place
from train.score.calibration import p_fall_of
from train.score.measuring import app_p_fall

#: Largest difference of P(Fall) between torch and the exported network that is let through.
MAX_DIFFERENCE = 0.01


@dataclass(frozen=True, slots=True)
class Card:
    """Model card: the manifest without what follows from the network and its input.

    Attributes:
        variant: Name, also of the folder.
        temperature: Divides the logits.
        threshold: Called Fall from this probability on.
        metrics: Figures.
        provenance: Data, licences, settings, versions.
    """

    variant: str
    temperature: float
    threshold: float
    metrics: dict[str, Any]
    provenance: dict[str, Any]

    def stored_as(self, precision: str) -> Card:
        """The card of the network stored in such numbers: fp32, fp16 or int8."""
        return replace(self, provenance={**self.provenance, "weights_precision": precision})


def export(
    network: CropNetwork, spec: InputSpec, card: Card, check_crops: Image, weights_dir: Path
) -> float:
    """Write ``<weights_dir>/<variant>/`` if the exported network says what torch says.

    The weights are stored in 16 bits, or in 32 where 16 change what the network says.

    Args:
        network: On the CPU.
        spec: Its input.
        card: For the manifest.
        check_crops: (n, side, side, 3) real crops for the parity check.
        weights_dir: Where the folder goes; an older one of that name is replaced.

    Returns:
        The largest difference of P(Fall) found.

    Raises:
        TrainError: The difference is ``MAX_DIFFERENCE`` or more; nothing is written.
    """
    with tempfile.TemporaryDirectory() as scratch:
        draft = Path(scratch) / card.variant
        draft.mkdir()
        temperature = round(card.temperature, 4)
        expected = torch_p_fall(network, spec, check_crops, temperature)
        # Some networks cannot be stored in 16 bits: EfficientNet's weights span too wide a range.
        for precision in ("fp16", "fp32"):
            _write_model(network, spec, draft, half=precision == "fp16")
            exported = ir_p_fall(draft, spec, check_crops, temperature)
            difference = float(np.abs(expected - exported).max())
            if difference < MAX_DIFFERENCE:
                break
        else:
            raise TrainError(
                f"The exported {card.variant} differs from the trained one by up to "
                f"{difference:.4f} in P(Fall) over {len(check_crops)} crops; the limit is "
                f"{MAX_DIFFERENCE}. Nothing was written. Check the versions of torch and openvino."
            )
        card = card.stored_as(precision)
        write_manifest(draft, spec, card)
        in_app = float(np.abs(expected - app_p_fall(draft, check_crops)).max())
        agreement = {
            "export_parity_max_difference": round(difference, 6),
            "export_parity_max_difference_in_app": round(in_app, 6),
        }
        write_manifest(draft, spec, replace(card, metrics={**card.metrics, **agreement}))
        put_in_place(draft, weights_dir / card.variant)
    return difference


def torch_p_fall(
    network: CropNetwork, spec: InputSpec, crops: Image, temperature: float
) -> np.ndarray[Any, np.dtype[np.float64]]:
    """P(Fall) of crops by torch, (n,)."""
    inputs = CropInputs(crops, spec)
    network.eval()
    with torch.inference_mode():
        logits = [network(inputs.batch(np.array([i]))).numpy() for i in range(len(crops))]
    return p_fall_of(np.concatenate(logits).astype(np.float32), temperature)


def ir_p_fall(
    folder: Path, spec: InputSpec, crops: Image, temperature: float
) -> np.ndarray[Any, np.dtype[np.float64]]:
    """P(Fall) of crops by the exported network in full precision, (n,).

    Left to itself OpenVINO computes in bfloat16 where the processor has it; that is a matter of
    the processor and not of the exported file, which is what is checked.
    """
    settings = {"INFERENCE_PRECISION_HINT": "f32", "INFERENCE_NUM_THREADS": 1}
    network = openvino_core().compile_model(folder / "model.xml", "CPU", settings)
    request = network.create_infer_request()
    inputs = CropInputs(crops, spec)
    rows = [inputs.batch(np.array([i])).numpy() for i in range(len(crops))]
    logits = [np.array(request.infer({0: row})[0], dtype=np.float32) for row in rows]
    return p_fall_of(np.concatenate(logits), temperature)


def _write_model(network: CropNetwork, spec: InputSpec, folder: Path, *, half: bool) -> None:
    example = torch.zeros(1, 3, spec.side_px, spec.side_px)
    with warnings.catch_warnings():
        # OpenVINO's converter traces the network; torch warns that tracing will go one day.
        warnings.filterwarnings("ignore", ".*torch.jit.*deprecated", DeprecationWarning)
        model = import_converter().convert_model(network.eval(), example_input=example)
    model.reshape([-1, 3, spec.side_px, spec.side_px])
    import_openvino().save_model(model, folder / "model.xml", compress_to_fp16=half)


def write_manifest(folder: Path, spec: InputSpec, card: Card) -> None:
    """Write the manifest, with checksums, beside the model files."""
    manifest = Manifest(
        variant=card.variant,
        classes=CLASSES,
        input=InputModel(
            side_px=spec.side_px, mean_rgb=spec.mean_rgb, std_rgb=spec.std_rgb, margin=spec.margin
        ),
        temperature=round(card.temperature, 4),
        threshold=round(card.threshold, 4),
        sha256={
            name: hashlib.sha256((folder / name).read_bytes()).hexdigest() for name in MODEL_FILES
        },
        metrics=card.metrics,
        provenance=card.provenance,
    )
    text = manifest.model_dump_json(indent=2)
    (folder / MANIFEST_FILE).write_text(text + "\n", encoding="utf-8")
