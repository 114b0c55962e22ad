"""Averages of the weights: stochastic weight averaging, and a moving average.

Stochastic weight averaging (Izmailov et al., 2018) takes the weights at the end of the last epochs.
An exponential moving average follows every batch; it forgets the noise of single batches and keeps
what they have in common, which carries better to rooms that were not trained on.
"""

from __future__ import annotations

from collections.abc import Iterable

from torch import Tensor, nn
from torch.optim.swa_utils import AveragedModel, get_ema_multi_avg_fn, update_bn

from train.model.variants import Variant

#: Part of the epochs after which the average begins.
SWA_START = 0.75


def start_average(variant: Variant, module: nn.Module) -> AveragedModel | None:
    """The average that this variant keeps, on the module's device; None if it keeps none."""
    if variant.ema:
        # With the batch-norm statistics, so that the average can be evaluated without another pass.
        moving = get_ema_multi_avg_fn(variant.ema)  # type: ignore[no-untyped-call]
        return AveragedModel(module, multi_avg_fn=moving, use_buffers=True)
    return AveragedModel(module) if variant.swa else None


def averages_at(epoch: int, epochs: int) -> bool:
    """Whether the weights at the end of this epoch (from 1) enter the average."""
    return epoch > int(SWA_START * epochs)


def averaged_network(average: AveragedModel, unmixed: Iterable[Tensor]) -> nn.Module:
    """The averaged network, with batch-norm statistics measured again.

    Averaged weights make other activations than any network they came from, so its statistics
    are measured on the training crops, as they are: not mixed, since it will classify unmixed ones.
    """
    update_bn(unmixed, average)
    network: nn.Module = average.module
    return network.eval()
