"""The night review: what happened, clip by clip, with a verdict on each."""
