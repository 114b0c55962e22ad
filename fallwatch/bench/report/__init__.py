"""The figures of a benchmark as tables and a chart."""
