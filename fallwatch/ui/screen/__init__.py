"""The window as a thing on the screen: its place, and its size on small screens."""
