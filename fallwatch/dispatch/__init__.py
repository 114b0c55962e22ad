"""From an event to everyone who has to know: the alarm dispatcher and the notifications."""
