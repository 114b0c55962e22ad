"""Measuring the whole chain on annotated clips."""
