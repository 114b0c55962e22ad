"""Classifier metrics, calibration, and the protocol they are measured by."""
