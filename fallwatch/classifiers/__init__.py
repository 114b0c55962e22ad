"""Telling a fallen person from one who is not, by a single crop."""
