"""Presentation of an evaluation: terminal, HTML page, plots."""
