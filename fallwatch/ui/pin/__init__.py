"""PIN that ending the watch, or changing how it is done, asks for; optional."""
