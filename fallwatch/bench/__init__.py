"""How fast fallwatch is on this computer, measured against the naive way to build it."""
