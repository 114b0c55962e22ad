"""Stochastic weight averaging (Izmailov et al., 2018)."""

from __future__ import annotations

from collections.abc import Iterable

from torch import Tensor, nn
from torch.optim.swa_utils import AveragedModel, update_bn

#: Part of the epochs after which the average begins.
SWA_START = 0.75


def averages_at(epoch: int, epochs: int) -> bool:
    """Whether the weights at the end of this epoch (from 1) enter the average."""
    return epoch > int(SWA_START * epochs)


def averaged_network(average: AveragedModel, unmixed: Iterable[Tensor]) -> nn.Module:
    """The averaged network, with batch-norm statistics taken anew.

    Averaged weights make other activations than any network they came from, so its statistics
    are measured on the training crops, as they are: not mixed, since it will judge unmixed ones.
    """
    update_bn(unmixed, average)
    network: nn.Module = average.module
    return network.eval()
