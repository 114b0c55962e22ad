"""Palette, theme, icons and small shared widgets."""
