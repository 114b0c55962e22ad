"""fallwatch: a real-time video fall monitor for the desktop."""

__version__ = "0.1.0"
