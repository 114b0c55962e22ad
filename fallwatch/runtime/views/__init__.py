"""Views of a running watch, for whoever looks on."""
