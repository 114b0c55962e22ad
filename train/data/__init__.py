"""Labelled images and clips, read into one training set and split by source."""

from train.data.samples import load_samples

__all__ = ["load_samples"]
