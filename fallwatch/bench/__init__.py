"""Benchmark of fallwatch on this computer, measured against the naive way to build it."""
