"""Passwords: the system's keyring, or a file where there is none."""
