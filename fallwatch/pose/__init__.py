"""Finding bodies in pictures."""
