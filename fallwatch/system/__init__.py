"""The operating system: passwords, autostart, process title, native libraries."""
