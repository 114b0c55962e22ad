"""Start weights that stand in for the real ones: random, but whole."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
import torch
from safetensors.torch import save_file

from train.model.torchvision_on_cpu import import_torchvision


@pytest.fixture(scope="session")
def backbones(tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    """Network name -> file of start weights."""
    folder = tmp_path_factory.mktemp("backbones")
    models = import_torchvision().models
    torch.manual_seed(0)
    paths = {}
    for name in ("resnet18", "efficientnet_b0"):
        path = folder / f"{name}.safetensors"
        save_file(getattr(models, name)().state_dict(), path)
        paths[name] = str(path)
    return paths


@pytest.fixture(autouse=True)
def one_thread() -> Iterator[None]:
    """Sums in one order: with several threads the last digits may differ."""
    before = torch.get_num_threads()
    torch.set_num_threads(1)
    yield
    torch.set_num_threads(before)


@pytest.fixture
def runs(tmp_path: Path) -> Path:
    """Where runs go."""
    return tmp_path / "runs"
