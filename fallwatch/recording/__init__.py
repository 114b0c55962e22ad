"""Clips and snapshots kept around each event."""
