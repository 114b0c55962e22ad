"""Network cameras that are being set up: finding them, and the path of their stream."""
