"""Checks on pixels alone: frozen, covered or moved camera, motion, frame rate."""
