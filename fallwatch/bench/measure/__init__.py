"""Measurements of a benchmark: arms, cameras, stages, window."""
