"""Finding bodies in images."""
