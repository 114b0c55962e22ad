"""Past alarms: the list, its filter, one event in full."""
