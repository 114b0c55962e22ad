"""Folders of labelled clips, read into one form."""
