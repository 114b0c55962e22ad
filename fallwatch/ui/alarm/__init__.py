"""Alarms over whatever is open: the floating banner, the bar in dialogs, the guarded clicks."""
