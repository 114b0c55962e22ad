"""What a benchmark runs and how it is timed."""
