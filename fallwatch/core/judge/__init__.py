"""The verdict: from poses and classifier probabilities over time to events."""
