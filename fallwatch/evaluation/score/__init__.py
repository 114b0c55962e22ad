"""Event metrics: matching, intervals, sweeps, held-out choice, comparison."""
