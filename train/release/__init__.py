"""Release of finished runs as folders of weights that the app loads."""
