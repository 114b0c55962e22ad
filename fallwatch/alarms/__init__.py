"""Alarms: their life and urgency, how they repeat and sound, and the ways to tell people."""
