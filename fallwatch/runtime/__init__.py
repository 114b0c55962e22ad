"""What window, headless watcher and self-test share: analyzers, alarm services, room watches."""
