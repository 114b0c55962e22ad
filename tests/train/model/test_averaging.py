"""The average's batch-norm statistics are those of the unmixed crops."""

from __future__ import annotations

import copy
from dataclasses import replace

import torch
from torch import nn
from torch.optim.swa_utils import AveragedModel

from train.model.averaging import averaged_network, averages_at, start_average
from train.model.variants import find_variant


def test_batch_norm_statistics_are_measured_again_on_what_is_given() -> None:
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


def test_a_moving_average_follows_each_batch_and_keeps_its_own_statistics() -> None:
    variant = replace(find_variant("resnet18-optimised"), ema=0.75)
    module = nn.Sequential(nn.Linear(1, 1, bias=False), nn.BatchNorm1d(1))
    average = start_average(variant, module)
    assert average is not None
    for value in (1.0, 3.0):
        nn.init.constant_(module.get_submodule("0").weight, value)
        module(torch.full((4, 1), 2.0))
        average.update_parameters(module)
    # The first value is taken as it is, later ones weigh one quarter.
    assert average.module.get_submodule("0").weight.item() == 0.75 * 1.0 + 0.25 * 3.0
    torch.testing.assert_close(
        average.module.get_submodule("1").running_mean,
        0.75 * torch.tensor([0.2]) + 0.25 * torch.tensor([0.18 + 0.6]),
    )


def test_a_variant_without_average_keeps_none() -> None:
    assert start_average(find_variant("resnet18-baseline"), nn.Linear(1, 1)) is None
