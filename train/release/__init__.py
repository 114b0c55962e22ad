"""From a finished run to a folder of weights that the app loads."""
