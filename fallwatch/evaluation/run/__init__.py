"""Inference over many clips: workers, cache, replay of the predictions."""
