"""The average's batch-norm statistics are those of the unmixed crops."""

from __future__ import annotations

import copy

import torch
from torch import nn
from torch.optim.swa_utils import AveragedModel

from train.averaging import averaged_network, averages_at


def test_batch_norm_statistics_are_measured_anew_on_what_is_given() -> None:
    torch.manual_seed(0)
    module = nn.Sequential(nn.BatchNorm1d(3), nn.Linear(3, 2))
    for _ in range(20):
        module(torch.randn(16, 3) * 5 + 9)
    average = AveragedModel(module)
    average.update_parameters(module)
    unmixed = torch.randn(64, 3) * 2 - 1
    network = averaged_network(copy.deepcopy(average), iter([unmixed]))
    norm = network.get_submodule("0")
    torch.testing.assert_close(norm.running_mean, unmixed.mean(dim=0))
    torch.testing.assert_close(norm.running_var, unmixed.var(dim=0))
    assert not network.training


def test_the_average_is_the_mean_of_the_weights_given_to_it() -> None:
    module = nn.Linear(1, 1, bias=False)
    average = AveragedModel(module)
    for value in (1.0, 3.0):
        nn.init.constant_(module.weight, value)
        average.update_parameters(module)
    assert average.module.weight.item() == 2.0


def test_the_last_quarter_of_the_epochs_is_averaged() -> None:
    assert [epoch for epoch in range(1, 21) if averages_at(epoch, 20)] == [16, 17, 18, 19, 20]
    assert averages_at(1, 1)
