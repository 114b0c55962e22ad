"""Words, times and the language of the window."""
