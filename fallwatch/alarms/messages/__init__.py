"""Words about alarms for people who are elsewhere, and the ways to send them."""
