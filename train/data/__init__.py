"""Labelled images and clips, read into one training set and split by source."""
