"""The set-up assistant: what is done, and what is still missing before a room is watched well."""
