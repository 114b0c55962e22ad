"""The machine's device and format are used as asked for, or refused in words."""

from __future__ import annotations

import pytest
import torch

from train.errors import TrainError
from train.machine import make_fabric, precision_of


def test_cuda_that_is_not_there_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(torch.cuda, "is_available", lambda: False)
    with pytest.raises(TrainError, match="Leave out --device cuda"):
        make_fabric("cuda", "auto")


def test_a_processor_computes_in_full_precision_unless_asked_for_less() -> None:
    assert precision_of(make_fabric("cpu", "auto")) == "32-true"
    assert precision_of(make_fabric("cpu", "32")) == "32-true"
    assert precision_of(make_fabric("cpu", "bf16")) == "bf16-mixed"
