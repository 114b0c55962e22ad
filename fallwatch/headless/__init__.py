"""Watching without a window."""
