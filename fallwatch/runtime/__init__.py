"""The runtime that window, headless watcher and self-test share."""
