"""Presence: who is in the room with somebody, and who is in bed."""
