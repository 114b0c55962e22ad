"""Closing and quitting: no room goes unwatched without a word."""
