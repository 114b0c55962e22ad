"""Manifest of a weights folder: ``model.json`` describes ``model.xml`` and ``model.bin``.

The manifest is checked before anything is loaded. Every failure is one sentence that names the
file and what to do.
"""

from __future__ import annotations

import hashlib
from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from fallwatch.classifiers.preprocessing import InputSpec
from fallwatch.core.message import Message, MessageError

#: The order of classes everywhere in fallwatch.
CLASSES = ("Fall", "Not Fall")

#: Files that make up a network, next to the manifest.
MODEL_FILES = ("model.xml", "model.bin")

MANIFEST_FILE = "model.json"


class WeightsError(MessageError):
    """Weights cannot be used. The message names the file, the reason and the remedy."""


class InputModel(BaseModel):
    """The network's input, as stored."""

    model_config = ConfigDict(extra="forbid")

    side_px: Annotated[int, Field(ge=32, le=1024)] = 224
    channels: Literal["rgb"] = "rgb"
    mean_rgb: tuple[float, float, float]
    std_rgb: tuple[float, float, float]
    margin: Annotated[float, Field(ge=0, le=1)] = 0.10

    def to_spec(self) -> InputSpec:
        """The value that preprocessing works with."""
        return InputSpec(
            side_px=self.side_px, mean_rgb=self.mean_rgb, std_rgb=self.std_rgb, margin=self.margin
        )


class Manifest(BaseModel):
    """The description of one set of weights.

    Attributes:
        format: Version of this layout.
        variant: Name, the same as the folder's.
        classes: Always Fall, Not Fall, in this order: the order of the network's outputs.
        input: What the network takes.
        temperature: The logits are divided by this before softmax (temperature scaling,
            Guo et al., 2017); 1.0 leaves them as they are.
        threshold: Probability of Fall from which a single crop counts as fallen.
        sha256: Checksums of the model files.
        metrics: Figures measured at export.
        provenance: What it was trained on, how, from which start weights, and the licences.
    """

    model_config = ConfigDict(extra="forbid")

    format: Literal[1] = 1
    variant: str
    classes: tuple[str, ...]
    input: InputModel
    temperature: Annotated[float, Field(gt=0)] = 1.0
    threshold: Annotated[float, Field(gt=0, lt=1)] = 0.5
    sha256: dict[str, str]
    metrics: dict[str, Any] = Field(default_factory=dict)
    provenance: dict[str, Any] = Field(default_factory=dict)


def available_variants(weights_dir: Path) -> list[str]:
    """Names of the variants whose weights are there, sorted."""
    return sorted(path.parent.name for path in weights_dir.glob(f"*/{MANIFEST_FILE}"))


def load_manifest(weights_dir: Path, variant: str) -> Manifest:
    """Read and check the manifest of one variant, and the checksums of its files.

    Raises:
        WeightsError: Unknown variant, missing or damaged file, wrong class order.
    """
    folder = weights_dir / variant
    path = folder / MANIFEST_FILE
    # By its name alone: a path would load weights from anywhere.
    if variant not in available_variants(weights_dir) or not path.is_file():
        known = ", ".join(available_variants(weights_dir)) or "none"
        raise WeightsError(
            Message(
                "There are no weights for '{0}' in {1}. Available: {2}. Further variants are "
                "installed by pip install ./weights in a checkout, or are a download of each "
                "release, fallwatch-more-weights.zip: unpack it, and name its folder weights with "
                "--weights.",
                (variant, str(weights_dir), known),
            )
        )
    try:
        manifest = Manifest.model_validate_json(path.read_bytes())
    except ValidationError as error:
        first = error.errors()[0]
        where = ".".join(str(part) for part in first["loc"]) or "the file"
        raise WeightsError(
            Message(
                "{0} is not a valid manifest ({1}: {2}). Export '{3}' again, or restore the "
                "folder.",
                (str(path), where, first["msg"], variant),
            )
        ) from error
    if manifest.classes != CLASSES:
        raise WeightsError(
            Message(
                "{0} lists the classes {1}, but fallwatch needs {2} in this order; with "
                "another order every verdict would be reversed. Export '{3}' again.",
                (str(path), str(list(manifest.classes)), str(list(CLASSES)), variant),
            )
        )
    for name in MODEL_FILES:
        _check_file(folder / name, manifest.sha256.get(name), variant)
    return manifest


def _check_file(path: Path, expected: str | None, variant: str) -> None:
    if expected is None:
        raise WeightsError(
            Message(
                "{0} gives no sha256 for {1}. Export '{2}' again.",
                (str(path.parent / MANIFEST_FILE), path.name, variant),
            )
        )
    if not path.is_file():
        raise WeightsError(
            Message("{0} is missing. Restore it, or export '{1}' again.", (str(path), variant))
        )
    if hashlib.sha256(path.read_bytes()).hexdigest() != expected:
        raise WeightsError(
            Message(
                "{0} is damaged: its checksum is not the manifest's. Restore it, or export "
                "'{1}' again.",
                (str(path), variant),
            )
        )
