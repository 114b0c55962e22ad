"""Recorded clips: decoding, their clock, their pace."""
