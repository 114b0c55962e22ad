"""The lasting record of what happened."""
