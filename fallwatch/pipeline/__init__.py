"""From pictures to alarms: the threads, the hand-overs between them, and the clip runner."""
