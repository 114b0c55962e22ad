"""Variants, networks, losses, weight averages and checkpoints."""
