"""Inputs of training: crops for the whole network, or cached features for the head."""

from __future__ import annotations

from typing import Protocol

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from fallwatch.classifiers.preprocessing import InputSpec, to_input
from fallwatch.core.types import Box, Image, PersonCrop
from train.data.augment import Augmentation
from train.model.networks import CropNetwork

Rows = NDArray[np.int64]

#: The classifier never looks at where a crop came from.
_NOWHERE = Box(0.0, 0.0, 0.0, 0.0)

_FEATURE_BATCH = 32


class Inputs(Protocol):
    """Gives the input of any crops by their row numbers."""

    def batch(self, rows: Rows, augmentation: Augmentation | None = None) -> Tensor:
        """Input of the module that learns, one row for each crop.

        Args:
            rows: Which crops.
            augmentation: If given, applied to each crop first.
        """
        ...


class CropInputs:
    """Normalised crops, made by the app's own preprocessing.

    Args:
        crops: (n, side, side, 3) uint8, blue, green, red.
        spec: The network's input.
    """

    def __init__(self, crops: Image, spec: InputSpec) -> None:
        self._crops = crops
        self._spec = spec

    def batch(self, rows: Rows, augmentation: Augmentation | None = None) -> Tensor:
        """(n, 3, side, side) float32, channels last in memory."""
        images = [self._crops[row] for row in rows]
        if augmentation is not None:
            images = [augmentation(image) for image in images]
        crops = [PersonCrop(image, _NOWHERE) for image in images]
        tensor = torch.from_numpy(to_input(crops, self._spec))
        return tensor.contiguous(memory_format=torch.channels_last)


class FeatureInputs:
    """Features of every crop by a frozen backbone, computed once.

    A frozen backbone gives the same features in every epoch, so running it again is waste.
    """

    def __init__(
        self, network: CropNetwork, crops: CropInputs, rows: Rows, device: torch.device
    ) -> None:
        network.eval().to(device)
        self._place = {int(row): place for place, row in enumerate(rows)}
        with torch.inference_mode():
            parts = [
                network.backbone(crops.batch(rows[i : i + _FEATURE_BATCH]).to(device)).cpu()
                for i in range(0, len(rows), _FEATURE_BATCH)
            ]
        # A clone made outside inference mode may take part in learning.
        self._features = torch.cat(parts).clone()

    def batch(self, rows: Rows, augmentation: Augmentation | None = None) -> Tensor:
        """(n, features) float32. Features cannot be augmented as crops can.

        Raises:
            ValueError: ``augmentation`` is given.
        """
        if augmentation is not None:
            raise ValueError("cached features cannot be augmented; train with the cache off")
        return self._features[[self._place[int(row)] for row in rows]]
