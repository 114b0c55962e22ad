"""Variants, networks, losses, optimisers, weight averages and checkpoints."""
