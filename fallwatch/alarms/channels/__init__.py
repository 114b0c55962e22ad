"""Ways to tell people about an alarm, one file each."""
