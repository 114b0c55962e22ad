"""Tables and chart of a benchmark."""
