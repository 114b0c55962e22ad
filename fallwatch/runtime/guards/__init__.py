"""Guards of the watch itself: sleep, sound, settings from outside, room locks, last resort."""
