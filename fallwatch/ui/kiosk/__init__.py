"""Full screen for a screen on the wall."""
