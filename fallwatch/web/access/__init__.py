"""Who may look in from outside, and what they may do."""
