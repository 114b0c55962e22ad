"""Networks: a torchvision backbone with a new head, and its start weights."""

from __future__ import annotations

from pathlib import Path

import torch
from torch import Tensor, nn

from train.errors import UNREADABLE, TrainError
from train.model.torchvision_on_cpu import import_torchvision
from train.model.variants import Variant

#: Name of the default start weights: torchvision's, downloaded once and kept by torch.
TORCHVISION = "torchvision"

#: Torchvision's name of the ImageNet head, which we replace, by network.
_HEADS = {"resnet18": "fc", "efficientnet_b0": "classifier"}
_FEATURES = {"resnet18": 512, "efficientnet_b0": 1280}


class CropNetwork(nn.Module):
    """Crops (n, 3, side, side) -> logits (n, 2), columns Fall and Not Fall.

    Attributes:
        backbone: Crops -> features.
        head: Features -> logits.
        frozen: Whether the backbone learns nothing.
    """

    def __init__(self, variant: Variant) -> None:
        super().__init__()
        self.frozen = variant.frozen
        self.backbone = _bare_backbone(variant.network)
        linear = nn.Linear(_FEATURES[variant.network], 2)
        dropout = variant.head_dropout
        self.head = nn.Sequential(nn.Dropout(dropout), linear) if dropout else linear
        self.backbone.requires_grad_(not self.frozen)

    def forward(self, crops: Tensor) -> Tensor:
        """Logits of normalised crops."""
        logits: Tensor = self.head(self.backbone(crops))
        return logits

    def train(self, mode: bool = True) -> CropNetwork:
        """Like every module, but a frozen backbone stays in eval mode.

        In train mode its batch-norm statistics would drift although no weight changes.
        """
        super().train(mode)
        if self.frozen:
            self.backbone.eval()
        return self


def build_network(variant: Variant, backbone: str) -> CropNetwork:
    """A network with start weights and a fresh head (drawn from torch's global generator).

    Args:
        variant: Which network.
        backbone: ``torchvision``, or a ``.safetensors``, ``.pt`` or ``.pth`` file with
            torchvision's tensor names.

    Raises:
        TrainError: The start weights are missing or do not fit.
    """
    network = CropNetwork(variant)
    tensors = (
        _downloaded(variant.network) if backbone == TORCHVISION else _read_file(Path(backbone))
    )
    head = _HEADS[variant.network] + "."
    tensors = {name: value for name, value in tensors.items() if not name.startswith(head)}
    _check_fit(network.backbone, tensors, backbone)
    network.backbone.load_state_dict(tensors)
    return network.to(memory_format=torch.channels_last)  # type: ignore[call-overload, no-any-return]


def _bare_backbone(name: str) -> nn.Module:
    models = import_torchvision().models
    model: nn.Module = getattr(models, name)()
    # Identity also removes the dropout that torchvision puts into EfficientNet's head.
    setattr(model, _HEADS[name], nn.Identity())
    return model


def _downloaded(name: str) -> dict[str, Tensor]:
    models = import_torchvision().models
    weights = models.get_model_weights(name).IMAGENET1K_V1
    try:
        tensors: dict[str, Tensor] = weights.get_state_dict(progress=True, check_hash=True)
    except OSError as error:
        raise TrainError(
            f"torchvision's start weights for {name} could not be downloaded ({error}). "
            f"Check the network, or name a file with --backbone."
        ) from error
    return tensors


def _read_file(path: Path) -> dict[str, Tensor]:
    from safetensors import SafetensorError
    from safetensors.torch import load_file

    if not path.is_file():
        raise TrainError(f"The start weights {path} do not exist. Check --backbone.")
    try:
        if path.suffix == ".safetensors":
            tensors: dict[str, Tensor] = load_file(path)
        else:
            tensors = torch.load(path, map_location="cpu", weights_only=True)
    except (SafetensorError, *UNREADABLE) as error:
        raise TrainError(
            f"{path} cannot be read as weights ({str(error).splitlines()[0]}). "
            f"Name a .safetensors, .pt or .pth file with --backbone."
        ) from error
    return {
        name: value.float() if value.is_floating_point() else value
        for name, value in tensors.items()
    }


def _check_fit(backbone: nn.Module, tensors: dict[str, Tensor], source: str) -> None:
    wanted = backbone.state_dict()
    missing = sorted(wanted.keys() - tensors.keys())
    unexpected = sorted(tensors.keys() - wanted.keys())
    other_shape = sorted(
        f"{name} {tuple(tensors[name].shape)} instead of {tuple(wanted[name].shape)}"
        for name in wanted.keys() & tensors.keys()
        if tensors[name].shape != wanted[name].shape
    )
    problems = [
        f"{what}: {', '.join(names)}"
        for what, names in (
            ("missing", missing),
            ("unexpected", unexpected),
            ("other shape", other_shape),
        )
        if names
    ]
    if problems:
        raise TrainError(
            f"The start weights {source} do not fit the network ({'; '.join(problems)}). "
            f"Name a file made for it with --backbone."
        )
