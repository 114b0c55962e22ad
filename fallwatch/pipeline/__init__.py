"""From frames to alarms: the threads and the hand-overs between them."""
