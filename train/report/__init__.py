"""The pages and the table a run leaves."""
