"""Notifications on phones that were let in, by their browsers' push services (RFC 8030)."""
