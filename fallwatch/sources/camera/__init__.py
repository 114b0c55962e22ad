"""Live cameras: webcams and network streams."""
