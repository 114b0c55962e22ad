"""The results of an evaluation for people: console, HTML, plots."""
