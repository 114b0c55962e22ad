"""Start weights that stand in for the real ones (random, but whole), and a finished run."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
import torch
from safetensors.torch import save_file
from typer.testing import CliRunner

from tests.train.synthetic import write_yolo_set
from train.__main__ import app
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


def small_run(data: Path, backbones: dict[str, str]) -> list[str]:
    """Command line of a run of the smallest kind, without its folder."""
    return [
        "resnet18-baseline", "--data", str(data), "--backbone", backbones["resnet18"],
        "--epochs", "2", "--seed", "4",
    ]  # fmt: skip


@pytest.fixture(scope="session")
def run_folder(tmp_path_factory: pytest.TempPathFactory, backbones: dict[str, str]) -> Path:
    """Folder of a finished run of the smallest kind, both protocols; its data are beside it."""
    folder = tmp_path_factory.mktemp("finished")
    data = write_yolo_set(folder / "study", count=14)
    threads = torch.get_num_threads()
    torch.set_num_threads(1)
    result = CliRunner().invoke(app, [*small_run(data, backbones), "--out", str(folder / "run")])
    torch.set_num_threads(threads)
    assert result.exit_code == 0, result.output
    return folder / "run"


@pytest.fixture(autouse=True)
def one_thread() -> Iterator[None]:
    """Sums in one order: with several threads the last digits may differ."""
    before = torch.get_num_threads()
    torch.set_num_threads(1)
    yield
    torch.set_num_threads(before)
