"""Health of a monitor: heartbeats, watchdog, faults and the alarms about them."""
