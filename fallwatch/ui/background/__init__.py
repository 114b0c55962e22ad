"""Work off the GUI thread, and the way back to it."""
