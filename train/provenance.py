"""Provenance of a run: origin and licences of data and start weights, settings, versions."""

from __future__ import annotations

import platform
from collections.abc import Iterable
from dataclasses import asdict
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Any

from train.model.networks import TORCHVISION
from train.model.variants import Variant

#: Licences of sets we know, by folder name.
KNOWN_SETS = {
    "kaggle_fall": "Kaggle uttejkumarkandagatla/fall-detection-dataset; pictures from the web, "
    "no licence of their own; not redistributed here",
    "hospital_bed": "Roboflow aiapplications/hospital_bed-qt6yg v3, CC BY 4.0",
    "urfd": "UR Fall Detection, CC BY-NC-SA",
    "le2i_layout": "UR Fall Detection rewritten in the layout of Le2i, CC BY-NC-SA",
    "gmdcsa24": "GMDCSA-24 by Ekram Alam, MIT",
}

_KNOWN_BACKBONES = {
    "resnet18": "torchvision ResNet-18, ImageNet (BSD-3-Clause; ImageNet's pictures have terms of "
    "their own); the 3x3 convolutions of layer4 decoded from kill-the-bits (its README says "
    "CC BY 4.0, its LICENSE CC BY-NC 4.0); batch-norm statistics re-estimated",
    "efficientnet_b0": "EfficientNet-B0, ImageNet, then fine-tuned on another task by its author; "
    "no licence stated",
}


def data_licences(names: Iterable[str]) -> dict[str, str]:
    """Name of each set -> its licence and origin."""
    return {name: KNOWN_SETS.get(name, "not stated: ask its owner") for name in sorted(names)}


def start_weights(variant: Variant, backbone: str) -> dict[str, str]:
    """Start weights of the backbone; the file's name and checksum, never its folder."""
    if backbone == TORCHVISION:
        return {"name": f"torchvision {variant.network} IMAGENET1K_V1", "licence": "BSD-3-Clause"}
    from train.data.labelled_image import file_digest

    path = Path(backbone)
    return {
        "name": path.name,
        "sha256": file_digest(path),
        "licence": _KNOWN_BACKBONES.get(path.stem, "not stated: ask its author"),
    }


def versions() -> dict[str, str]:
    """Python and the packages that decide the result."""
    found = {"python": platform.python_version()}
    for package in ("fallwatch", "torch", "torchvision", "lightning-fabric", "openvino", "numpy"):
        try:
            found[package] = version(package)
        except PackageNotFoundError:
            continue
    return found


def settings_of(variant: Variant, **more: Any) -> dict[str, Any]:
    """Settings as reports hold them: the variant's, without the study's figures, and others."""
    # Runs are resumed and averaged by comparing settings, so the share keeps its first name.
    fields = {
        "world" if name == "augment_share" else name: value
        for name, value in asdict(variant).items()
        if name != "reported"
    }
    return {**fields, **more}
