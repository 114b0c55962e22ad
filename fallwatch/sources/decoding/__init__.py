"""Decoding of network cameras: by the processor, or by hardware that proved to be right."""
