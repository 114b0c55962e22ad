"""Dispatch: from an event to everyone who has to know."""
