"""Care visits: a carer in the room pauses its alarms."""
