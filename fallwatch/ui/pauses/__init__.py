"""Pauses of the watch: chosen by room, with an end and a name."""
