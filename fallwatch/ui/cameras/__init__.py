"""Dialogs that set up a camera: its source, a preview, its zones."""
