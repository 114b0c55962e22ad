"""Start weights fit or are refused by name; a frozen backbone does not move."""

from __future__ import annotations

from pathlib import Path

import pytest
import torch
from safetensors.torch import load_file, save_file

from train.errors import TrainError
from train.model.networks import build_network
from train.model.variants import VARIANTS

BASELINE = VARIANTS["resnet18-baseline"]


@pytest.mark.parametrize("name", VARIANTS)
def test_a_network_starts_with_the_given_backbone_and_gives_two_logits(
    name: str, backbones: dict[str, str]
) -> None:
    variant = VARIANTS[name]
    network = build_network(variant, backbones[variant.network]).eval()
    given = load_file(backbones[variant.network])
    for key, value in network.backbone.state_dict().items():
        torch.testing.assert_close(value, given[key])
    assert network(torch.zeros(3, 3, 48, 48)).shape == (3, 2)


def test_a_frozen_backbone_stays_in_eval_mode_and_keeps_its_buffers(
    backbones: dict[str, str],
) -> None:
    network = build_network(BASELINE, backbones["resnet18"])
    before = {name: value.clone() for name, value in network.backbone.state_dict().items()}
    network.train()
    assert network.head.training
    assert not any(module.training for module in network.backbone.modules())
    network(torch.randn(4, 3, 48, 48)).sum().backward()
    for name, value in network.backbone.state_dict().items():
        torch.testing.assert_close(value, before[name], msg=name)
    assert all(parameter.grad is None for parameter in network.backbone.parameters())


def test_start_weights_that_do_not_fit_are_refused_with_the_tensor_names(
    backbones: dict[str, str], tmp_path: Path
) -> None:
    tensors = load_file(backbones["resnet18"])
    del tensors["layer1.0.conv1.weight"]
    tensors["layer9.weight"] = torch.zeros(1)
    tensors["conv1.weight"] = torch.zeros(64, 3, 3, 3)
    path = tmp_path / "half.safetensors"
    save_file(tensors, path)
    with pytest.raises(TrainError) as caught:
        build_network(BASELINE, str(path))
    message = str(caught.value)
    assert "missing: layer1.0.conv1.weight" in message
    assert "unexpected: layer9.weight" in message
    assert "conv1.weight (64, 3, 3, 3) instead of (64, 3, 7, 7)" in message


def test_weights_of_the_other_network_are_refused(backbones: dict[str, str]) -> None:
    with pytest.raises(TrainError, match=r"do not fit.*missing: bn1"):
        build_network(BASELINE, backbones["efficientnet_b0"])


def test_a_missing_or_damaged_file_is_one_clear_sentence(tmp_path: Path) -> None:
    with pytest.raises(TrainError, match="do not exist"):
        build_network(BASELINE, str(tmp_path / "none.safetensors"))
    for name in ("text.safetensors", "text.pt"):
        (tmp_path / name).write_text("not weights")
        with pytest.raises(TrainError, match="cannot be read as weights"):
            build_network(BASELINE, str(tmp_path / name))
